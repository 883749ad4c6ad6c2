import type { IncomingText } from '../deliver/incoming-text.ts';
import { maskNumber } from '../deliver/phone-number.ts';
import type { Logger } from '../observe/logger.ts';
import type { AnswerWords } from '../policy/answer-words.ts';
import { mayCall, type SendingRules } from '../policy/sending.ts';
import type { AnswerLimits } from './answer-limits.ts';
import type { DecideOutput, Decision } from './decide-approval.ts';
import { answerToken, readTextAnswer } from './text-answer.ts';

export interface TextAnswersOptions {
  readonly limits: AnswerLimits;
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

/** Answers to texts about logins, whichever provider hands them over. */
export class TextAnswers {
  readonly #options: TextAnswersOptions;

  constructor(options: TextAnswersOptions) {
    this.#options = options;
  }

  /**
   * Looks at a text, once.
   * @param provider that has made sure where it comes from
   * @returns words to send back to its number; null for none
   * @throws StoreError if nothing was decided: it may come again
   */
  async take(provider: string, text: IncomingText): Promise<string | null> {
    const { limits } = this.#options;
    if (!limits.take(provider, text.id)) return null;
    try {
      return await this.#answer(provider, text);
    } catch (error) {
      limits.giveBack(provider, text.id);
      throw error;
    }
  }

  async #answer(provider: string, { from, body }: IncomingText): Promise<string | null> {
    const { decide, limits, logger, texts, words } = this.#options;
    const line = { provider, from: maskNumber(from) };
    const read = readTextAnswer(body, words);
    if (!read) {
      logger.info(line, 'approval: a text came that is no answer to a login');
      return this.#explain(from, texts.answer_unclear);
    }
    const { decision, reference } = read;
    // A no lets nobody in: guesses keep none from being heard.
    const isGuess = decision === 'approve';
    if (isGuess && !limits.admitsGuess(from)) {
      logger.warn(line, 'approval: too many wrong answers from this number; not looked at');
      return null;
    }
    let isWrong = false;
    try {
      const output = await decide({ token: answerToken(from, reference), decision, number: null, by: 'text' });
      isWrong = output.kind === 'gone';
    } finally {
      if (isGuess && !isWrong) limits.wasNoGuess(from);
    }
    if (!isWrong) return null;
    logger.info(line, 'approval: an answer by text to a login that is over, or from another number than was asked');
    return this.#explain(from, texts.answer_over);
  }

  #explain(from: string, words: string): string | null {
    const { limits, rules } = this.#options;
    return mayCall(from, rules) && limits.mayExplain(from) ? words : null;
  }
}
