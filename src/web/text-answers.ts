import type { Hono } from 'hono';
import type { DecideOutput } from '../approval/decide-approval.ts';
import { answerToken, readTextAnswer, type TextAnswer } from '../approval/text-answer.ts';
import type { Clock } from '../clock.ts';
import { maskNumber } from '../deliver/phone-number.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import type { Logger } from '../observe/logger.ts';
import { RateLimit } from './rate-limit.ts';
import type { TextProtocol } from './text-protocol.ts';

export interface TextAnswersOptions {
  /** The providers whose numbers may be answered, each with how it hands answers over. */
  readonly providers: readonly { readonly name: string; readonly protocol: TextProtocol }[];
  /** `[web] url`. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly decide: (press: {
    readonly token: Buffer;
    readonly decision: TextAnswer['decision'];
    readonly number: null;
    readonly by: 'text';
  }) => Promise<DecideOutput>;
  /** What is answered to an answer that decides nothing. */
  readonly texts: { readonly answer_over: string; readonly answer_unclear: string };
}

const hour = 3_600_000;
/** Answers that are looked at, of one number in an hour: so many guesses at a reference has who fakes it. */
const perSender = 20;
/** Explanations to one number in an hour, and to all: a machine that answers them ends there, and each costs money. */
const explanations = { sender: 3, all: 100 } as const;
/** The ids of messages that were dealt with: a provider asks again if it heard no answer. */
const remembered = 10_000;

/** Where a provider's texts come in. @param name of a `[[provider]]` */
export function textAnswersPath(name: string): string {
  return `/texts/${encodeURIComponent(name)}`;
}

/** Answers to texts about logins, as providers post them. */
export function textAnswers(app: Hono, options: TextAnswersOptions): void {
  const { providers, url, clock, logger, decide, texts } = options;
  const taken = new ExpiringCache<true>({ clock, lifetime: hour, max: remembered });
  const senders = new RateLimit({ clock, most: perSender, window: hour, addresses: remembered });
  const told = new RateLimit({ clock, most: explanations.sender, window: hour, addresses: remembered });
  const toldInAll = new RateLimit({ clock, most: explanations.all, window: hour, addresses: 1 });
  const explain = (from: string, words: string): string | null =>
    told.admits(from) && toldInAll.admits('all') ? words : null;

  const answer = async (provider: string, from: string, body: string): Promise<string | null> => {
    const line = { provider, from: maskNumber(from) };
    if (!senders.admits(from)) {
      logger.warn(line, 'approval: too many texts from this number; not looked at');
      return null;
    }
    const read = readTextAnswer(body);
    if (!read) {
      logger.info(line, 'approval: a text came that is no answer to a login');
      return explain(from, texts.answer_unclear);
    }
    const token = answerToken(from, read.reference);
    const output = await decide({ token, decision: read.decision, number: null, by: 'text' });
    if (output.kind !== 'gone') return null;
    logger.info(line, 'approval: an answer by text to a login that is over, or from another number than was asked');
    return explain(from, texts.answer_over);
  };

  for (const { name, protocol } of providers) {
    const path = textAnswersPath(name);
    app.post(path, async (c) => {
      const body = new Uint8Array(await c.req.arrayBuffer());
      const text = protocol.read({ url: `${url}${path}`, header: (key) => c.req.header(key), body });
      if (text === 'forged') {
        logger.warn({ provider: name }, 'approval: a text whose signature is wrong was refused');
        return c.text('forbidden\n', 403);
      }
      if (!text) return c.text('not a text message\n', 400);
      const key = `${name} ${text.id}`;
      const isNew = taken.get(key) === undefined;
      const reply = protocol.reply(isNew ? await answer(name, text.from, text.body) : null);
      // After the store has it: one that failed may come again.
      taken.set(key, true);
      return c.body(reply.body, 200, { 'Content-Type': reply.type });
    });
  }
}
