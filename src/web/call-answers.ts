import type { Hono } from 'hono';
import { callToken, type CallEnd } from '../approval/call.ts';
import type { DecideOutput, Decision } from '../approval/decide-approval.ts';
import type { ShowOutput } from '../approval/show-approval.ts';
import { callPath } from '../deliver/call-path.ts';
import { languageFor, wordsIn } from '../deliver/in-language.ts';
import { renderCall, type NoticeTexts } from '../deliver/render-notice.ts';
import { twiml, twimlQuestion } from '../deliver/twilio.ts';
import { isTwilioSignature } from '../deliver/twilio-signature.ts';
import type { RepeatedLines } from '../observe/repeated-lines.ts';

export interface CallAnswersOptions {
  /** Those that call, each with the token by which it signs and the voice that it speaks with. */
  readonly providers: readonly {
    readonly name: string;
    readonly token: Uint8Array;
    readonly voice: string | undefined;
  }[];
  /** `[web] url`. */
  readonly url: string;
  readonly keys: { readonly approve: string; readonly fraud: string };
  readonly texts: Readonly<Record<string, NoticeTexts>>;
  readonly language: string;
  readonly lines: Pick<RepeatedLines, 'warn'>;
  readonly show: (token: Buffer) => Promise<ShowOutput>;
  readonly decide: (press: {
    readonly token: Buffer;
    readonly decision: Decision;
    readonly number: null;
    readonly by: 'call';
  }) => Promise<DecideOutput>;
  readonly end: (token: Buffer, end: CallEnd) => Promise<void>;
}

/** How calls end at Twilio without having been picked up: https://www.twilio.com/docs/voice/api/call-resource, "Call status values". */
const ends: Readonly<Record<string, CallEnd>> = {
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  canceled: 'failed',
  // Picked up, and over without a key: one that was pressed has decided before.
  completed: 'hung-up',
};

/** What Twilio says of a call, signed. */
interface Call {
  /** Where it asks what to say. */
  readonly at: string;
  readonly token: Buffer;
  readonly fields: ReadonlyMap<string, string>;
  readonly voice: string | undefined;
}

type Said = 'call_approved' | 'call_declined' | 'call_over';

/**
 * Calls about logins, as Twilio makes them: it asks what to say once somebody has picked up, posts the key, and tells how the call ended
 * (https://www.twilio.com/docs/voice/twiml/gather, https://www.twilio.com/docs/voice/answering-machine-detection).
 */
export function callAnswers(app: Hono, options: CallAnswersOptions): void {
  const { providers, url, keys, texts: all, language, lines, show, decide, end } = options;
  const textsIn = (wanted: string): NoticeTexts => wordsIn(all, languageFor(all, wanted, language));

  const say = (call: Call, said: Said, wanted: string): string =>
    twiml({ text: textsIn(wanted)[said], language: wanted }, call.voice);

  /** @param answer what is told to Twilio; undefined for nothing */
  const onPost = (step: '' | '/key' | '/status', answer: (call: Call) => Promise<string | undefined>): void => {
    app.post(`/calls/:provider/:secret${step}`, async (c) => {
      const provider = providers.find(({ name }) => name === c.req.param('provider'));
      if (!provider) return c.notFound();
      const { name, token: signedBy, voice } = provider;
      const secret = c.req.param('secret');
      // As Twilio was given it, not as Hono has decoded it.
      const at = `${url}${callPath(name)}/${secret}`;
      const entries = [...new URLSearchParams(await c.req.text())];
      const fields = new Map(entries);
      const signature = c.req.header('x-twilio-signature') ?? '';
      // A field that comes twice is signed by nobody's rules.
      if (fields.size !== entries.length || !isTwilioSignature(signature, signedBy, `${at}${step}`, fields)) {
        lines.warn(
          `call ${name}`,
          { provider: name },
          'approval: a request about a call whose signature is wrong was refused',
          'approval: more requests about calls whose signature is wrong were refused',
        );
        return c.text('forbidden\n', 403);
      }
      const body = await answer({ at, token: callToken(Buffer.from(secret, 'base64url')), fields, voice });
      return body === undefined ? c.body(null, 204) : c.body(body, 200, { 'Content-Type': 'text/xml; charset=utf-8' });
    });
  };

  onPost('', async (call) => {
    const { at, token, fields, voice } = call;
    const shown = await show(token);
    if (shown.kind !== 'open')
      return say(call, 'call_over', shown.kind === 'gone' ? language : shown.approval.language);
    if (/^(?:machine|fax)/.test(fields.get('AnsweredBy') ?? '')) {
      await end(token, 'machine');
      return twiml({ text: '', language }, voice);
    }
    const { application, language: own } = shown.approval;
    const words = renderCall(textsIn(own), application, keys);
    return twimlQuestion({ text: words, language: own }, voice, `${at}/key`);
  });

  onPost('/key', async (call) => {
    const { token, fields } = call;
    const key = fields.get('Digits') ?? '';
    const decision = key === keys.approve ? 'approve' : key === keys.fraud ? 'fraud' : 'decline';
    const shown = await show(token);
    const own = shown.kind === 'gone' ? language : shown.approval.language;
    const { kind } = await decide({ token, decision, number: null, by: 'call' });
    if (kind === 'gone') return say(call, 'call_over', own);
    return say(call, kind === 'approved' ? 'call_approved' : 'call_declined', own);
  });

  onPost('/status', async ({ token, fields }) => {
    const status = fields.get('CallStatus') ?? '';
    const how = Object.hasOwn(ends, status) ? ends[status] : undefined;
    if (how) await end(token, how);
    return undefined;
  });
}
