import type { Context, Hono } from 'hono';
import { callToken, type CallEnd } from '../approval/call.ts';
import type { DecideOutput, Decision } from '../approval/decide-approval.ts';
import type { ShowOutput } from '../approval/show-approval.ts';
import { callPath } from '../deliver/call-path.ts';
import { languageFor, wordsIn } from '../deliver/in-language.ts';
import { renderCall, type NoticeTexts } from '../deliver/render-notice.ts';
import { twiml, twimlQuestion } from '../deliver/twilio.ts';
import { isTwilioSignature } from '../deliver/twilio-signature.ts';
import type { Logger } from '../observe/logger.ts';

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
  readonly logger: Logger;
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

type Said = 'call_approved' | 'call_declined' | 'call_over';

/**
 * Calls about logins, as Twilio makes them: it asks what to say once somebody has picked up, posts the key, and tells how the call ended
 * (https://www.twilio.com/docs/voice/twiml/gather, https://www.twilio.com/docs/voice/answering-machine-detection).
 */
export function callAnswers(app: Hono, options: CallAnswersOptions): void {
  const { providers, url, keys, texts: all, language, logger, show, decide, end } = options;
  const textsIn = (wanted: string): NoticeTexts => wordsIn(all, languageFor(all, wanted, language));

  for (const { name, token: signedBy, voice } of providers) {
    const path = callPath(name);
    /** The fields of a request that the provider has signed. */
    const signed = async (c: Context): Promise<ReadonlyMap<string, string> | undefined> => {
      const entries = [...new URLSearchParams(await c.req.text())];
      const fields = new Map(entries);
      const signature = c.req.header('x-twilio-signature') ?? '';
      // A field that comes twice is signed by nobody's rules.
      if (fields.size === entries.length && isTwilioSignature(signature, signedBy, `${url}${c.req.path}`, fields))
        return fields;
      logger.warn({ provider: name }, 'approval: a request about a call whose signature is wrong was refused');
      return undefined;
    };
    const forbidden = (c: Context): Response => c.text('forbidden\n', 403);
    const tokenOf = (c: Context): Buffer => callToken(Buffer.from(c.req.param('secret') ?? '', 'base64url'));
    const answered = (c: Context, body: string): Response =>
      c.body(body, 200, { 'Content-Type': 'text/xml; charset=utf-8' });
    const say = (c: Context, said: Said, wanted: string): Response =>
      answered(c, twiml({ text: textsIn(wanted)[said], language: wanted }, voice));

    app.post(`${path}/:secret`, async (c) => {
      const fields = await signed(c);
      if (!fields) return forbidden(c);
      const token = tokenOf(c);
      const shown = await show(token);
      if (shown.kind !== 'open') return say(c, 'call_over', shown.kind === 'gone' ? language : shown.approval.language);
      if (/^(?:machine|fax)/.test(fields.get('AnsweredBy') ?? '')) {
        await end(token, 'machine');
        return answered(c, twiml({ text: '', language }, voice));
      }
      const { application, language: own } = shown.approval;
      const words = renderCall(textsIn(own), application, keys);
      return answered(c, twimlQuestion({ text: words, language: own }, voice, `${url}${c.req.path}/key`));
    });

    app.post(`${path}/:secret/key`, async (c) => {
      const fields = await signed(c);
      if (!fields) return forbidden(c);
      const token = tokenOf(c);
      const key = fields.get('Digits') ?? '';
      const decision = key === keys.approve ? 'approve' : key === keys.fraud ? 'fraud' : 'decline';
      const shown = await show(token);
      const own = shown.kind === 'gone' ? language : shown.approval.language;
      const { kind } = await decide({ token, decision, number: null, by: 'call' });
      if (kind === 'gone') return say(c, 'call_over', own);
      return say(c, kind === 'approved' ? 'call_approved' : 'call_declined', own);
    });

    app.post(`${path}/:secret/status`, async (c) => {
      const fields = await signed(c);
      if (!fields) return forbidden(c);
      const status = fields.get('CallStatus') ?? '';
      const how = Object.hasOwn(ends, status) ? ends[status] : undefined;
      if (how) await end(tokenOf(c), how);
      return c.body(null, 204);
    });
  }
}
