import { expect } from 'chai';
import type { TextAnswers } from '../../../src/approval/text-answers.ts';
import { callToken } from '../../../src/approval/call.ts';
import { systemClock } from '../../../src/clock.ts';
import { callPath } from '../../../src/deliver/call-path.ts';
import { english } from '../../../src/deliver/texts-en.ts';
import { callAnswers } from '../../../src/web/call-answers.ts';
import { WebServer } from '../../../src/web/server.ts';
import { textWebhooks } from '../../../src/web/text-webhooks.ts';
import { twilioTexts } from '../../../src/web/twilio-texts.ts';
import { freeTcpPort } from '../../peer/free-port.ts';
import { twilioSignature } from '../../peer/twilio.ts';
import { memoryLogger } from '../../support/memory-logger.ts';

const names = [
  'Twilio',
  'Twilio EU',
  'Büro',
  '短信',
  'texts/calls',
  '100%',
  '%20',
  '*',
  ':name',
  'a+b&c=d?#',
  "it's (2)",
];
/** Each signs by its own. */
const tokenOf = (name: string): string => `token of ${name}`;
const secret = Buffer.alloc(16, 7).toString('base64url');

describe('the webhooks of a provider', () => {
  let url: string;
  let web: WebServer;
  const memory = memoryLogger();
  const taken: string[] = [];
  before(async () => {
    const port = await freeTcpPort('127.0.0.1');
    url = `http://127.0.0.1:${port}`;
    const answers: Pick<TextAnswers, 'take'> = {
      take: async (provider, { body }) => {
        taken.push(`${provider}: ${body}`);
        return null;
      },
    };
    web = await WebServer.listen({
      endpoints: [{ host: '127.0.0.1', port }],
      url,
      tls: undefined,
      trustedProxies: [],
      clock: systemClock,
      logger: memory.logger,
      pages: (app, _, lines) => {
        const providers = names.map((name) => ({ name, protocol: twilioTexts(Buffer.from(tokenOf(name))) }));
        textWebhooks(app, { providers, url, lines, answers });
        callAnswers(app, {
          providers: names.map((name) => ({ name, token: Buffer.from(tokenOf(name)), voice: undefined })),
          url,
          keys: { approve: '1', fraud: '0' },
          texts: { en: english.notice },
          language: 'en',
          lines,
          show: async () => ({ kind: 'gone' }),
          decide: async () => ({ kind: 'gone' }),
          end: async (token, end) => void taken.push(`${end} of ${token.toString('hex')}`),
        });
      },
    });
  });
  after(() => web?.close());
  beforeEach(() => taken.splice(0));

  const post = (at: string, fields: Readonly<Record<string, string>>, signature: string): Promise<Response> =>
    fetch(at, { method: 'POST', headers: { 'X-Twilio-Signature': signature }, body: new URLSearchParams(fields) });
  const statusOf = async (at: string, fields: Readonly<Record<string, string>>, signedBy: string): Promise<number> =>
    (await post(at, fields, twilioSignature(at, fields, signedBy))).status;

  for (const name of names) {
    const encoded = encodeURIComponent(name);

    it(`that is called "${name}" take its texts, signed over the address as it was told it`, async () => {
      const at = `${url}/texts/${encoded}`;
      const fields = { MessageSid: 'SM1', From: '+33612345610', Body: 'yes K7MPQ2' };
      expect(await statusOf(at, fields, 'another')).to.equal(403);
      expect(taken).to.deep.equal([]);
      expect(await statusOf(at, fields, tokenOf(name))).to.equal(200);
      expect(taken).to.deep.equal([`${name}: yes K7MPQ2`]);
    });

    it(`that is called "${name}" take what it says of calls`, async () => {
      const at = `${url}${callPath(name)}/${secret}`;
      for (const [step, fields, status] of [
        ['', { CallSid: 'CA1', AnsweredBy: 'human' }, 200],
        ['/key', { CallSid: 'CA1', Digits: '1' }, 200],
        ['/status', { CallSid: 'CA1', CallStatus: 'busy' }, 204],
      ] as const) {
        expect(await statusOf(`${at}${step}`, fields, 'another'), step).to.equal(403);
        expect(await statusOf(`${at}${step}`, fields, tokenOf(name)), step).to.equal(status);
      }
      expect(taken).to.deep.equal([`busy of ${callToken(Buffer.alloc(16, 7)).toString('hex')}`]);
    });
  }

  it('that anybody asks without a signature are a line each in a minute', async () => {
    for (const name of [...names, ...names])
      for (const at of [`/texts/${encodeURIComponent(name)}`, `${callPath(name)}/${secret}`])
        expect(await statusOf(`${url}${at}`, {}, 'another'), at).to.equal(403);
    const told = memory.lines.map(({ provider, msg }) => `${String(provider)}: ${String(msg)}`);
    expect(told).to.have.members(
      names.flatMap((name) => [
        `${name}: approval: a text whose signature is wrong was refused`,
        `${name}: approval: a request about a call whose signature is wrong was refused`,
      ]),
    );
  });

  it('are of no other name', async () => {
    for (const path of ['/texts/twilio', '/texts/Twilio/EU', '/texts/', `/calls/twilio/${secret}`])
      expect(await statusOf(`${url}${path}`, { CallStatus: 'busy' }, tokenOf('Twilio')), path).to.equal(404);
  });
});
