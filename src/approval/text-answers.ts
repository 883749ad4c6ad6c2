import type { Clock } from '../clock.ts';
import type { IncomingText } from '../deliver/incoming-text.ts';
import { maskNumber } from '../deliver/phone-number.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import type { Logger } from '../observe/logger.ts';
import type { AnswerWords } from '../policy/answer-words.ts';
import { mayCall, type SendingRules } from '../policy/sending.ts';
import { RateLimit } from '../rate-limit.ts';
import type { DecideOutput, Decision } from './decide-approval.ts';
import { answerToken, readTextAnswer } from './text-answer.ts';

export interface TextAnswersOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly decide: (press: {
    readonly token: Buffer;
    readonly decision: Decision;
    readonly number: null;
    readonly by: 'text';
  }) => Promise<DecideOutput>;
  readonly words: AnswerWords;
  /** What is answered to an answer that decides nothing. */
  readonly texts: { readonly answer_over: string; readonly answer_unclear: string };
  /** Where explanations may go, as all that costs money. */
  readonly rules: Pick<SendingRules, 'allow' | 'deny'>;
}

const hour = 3_600_000;
/** Answers that are looked at, of one number in an hour: so many guesses at a reference has who fakes it. */
const perSender = 20;
/** Explanations to one number in an hour, and to all: a machine that answers them ends there, and each costs money. */
const explanations = { sender: 3, all: 100 } as const;
/** The ids of texts that were dealt with: a provider asks again if it heard no answer. */
const remembered = 10_000;

/** Answers to texts about logins, whichever provider hands them over. */
export class TextAnswers {
  readonly #options: TextAnswersOptions;
  readonly #taken: ExpiringCache<true>;
  readonly #senders: RateLimit;
  readonly #told: RateLimit;
  readonly #toldInAll: RateLimit;

  constructor(options: TextAnswersOptions) {
    const { clock } = options;
    this.#options = options;
    this.#taken = new ExpiringCache({ clock, lifetime: hour, max: remembered });
    this.#senders = new RateLimit({ clock, most: perSender, window: hour, addresses: remembered });
    this.#told = new RateLimit({ clock, most: explanations.sender, window: hour, addresses: remembered });
    this.#toldInAll = new RateLimit({ clock, most: explanations.all, window: hour, addresses: 1 });
  }

  /**
   * Looks at a text, once.
   * @param provider that has made sure where it comes from
   * @returns words to send back to its number; null for none
   * @throws StoreError if nothing was decided: it may come again
   */
  async take(provider: string, text: IncomingText): Promise<string | null> {
    const key = `${provider} ${text.id}`;
    if (this.#taken.get(key)) return null;
    this.#taken.set(key, true);
    try {
      return await this.#answer(provider, text);
    } catch (error) {
      this.#taken.delete(key);
      throw error;
    }
  }

  async #answer(provider: string, { from, body }: IncomingText): Promise<string | null> {
    const { decide, logger, texts, words } = this.#options;
    const line = { provider, from: maskNumber(from) };
    if (!this.#senders.admits(from)) {
      logger.warn(line, 'approval: too many texts from this number; not looked at');
      return null;
    }
    const read = readTextAnswer(body, words);
    if (!read) {
      logger.info(line, 'approval: a text came that is no answer to a login');
      return this.#explain(from, texts.answer_unclear);
    }
    const token = answerToken(from, read.reference);
    const output = await decide({ token, decision: read.decision, number: null, by: 'text' });
    if (output.kind !== 'gone') return null;
    logger.info(line, 'approval: an answer by text to a login that is over, or from another number than was asked');
    return this.#explain(from, texts.answer_over);
  }

  #explain(from: string, words: string): string | null {
    const may = mayCall(from, this.#options.rules) && this.#told.admits(from) && this.#toldInAll.admits('all');
    return may ? words : null;
  }
}
