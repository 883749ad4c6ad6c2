import type { AnswerDecision } from '../policy/answer-words.ts';
import type { PromptTexts } from '../policy/prompt.ts';
import type { SendScope } from '../policy/sending.ts';
import type { SentMethod } from '../policy/sent-method.ts';
import { fill } from './fill.ts';
import type { MessageTexts } from './render-message.ts';
import type { NoticeTexts } from './render-notice.ts';

/** What is said at the prompt. Sentences that others follow end in a full stop; questions have no end. */
export interface PromptSentences {
  readonly sent_sms: string;
  readonly sent_voice: string;
  readonly sent_email: string;
  /** Asks to approve, and for the code that the page shows then. */
  readonly approval: string;
  /** Asks for the code of an app or token. */
  readonly enter: string;
  readonly wrong: string;
  readonly used: string;
  /** The way that was asked for is none of the user's. */
  readonly unavailable: string;
  /** Too many codes went to this user or number. */
  readonly limited: string;
  /** Too many went out in all, or to this country, or for this client. */
  readonly limited_all: string;
  readonly no_number: string;
  readonly no_address: string;
  readonly or: string;
  readonly answer: string;
}

/** All that is said to users in one language. */
export interface Texts {
  readonly message: MessageTexts;
  readonly notice: NoticeTexts;
  readonly prompt: PromptSentences;
  readonly names: PromptTexts['names'];
  readonly words: PromptTexts['words'];
  /** Words by which a text is answered, besides the usual ones. */
  readonly answers: Readonly<Record<AnswerDecision, readonly string[]>>;
}

/** The words of a language that prompts are put together from. */
export function promptTexts({ prompt, names, words }: Texts): PromptTexts {
  return { names, words, or: prompt.or, answer: prompt.answer };
}

/** "Code sent to +33 ** ** ** 12". */
export function sentQuestion({ prompt }: Texts, method: SentMethod, target: string): string {
  return fill(prompt[`sent_${method}`], { target });
}

/** "Open ... the link that was sent, enter or pick 42 there ...". */
export function approvalQuestion({ prompt }: Texts, number: number): string {
  return fill(prompt.approval, { number: String(number) });
}

/** Why no code was sent, and when one can be. @param until as `now`: milliseconds since 1970 UTC */
export function limitedNote({ prompt }: Texts, which: SendScope, until: number, now: number): string {
  const own = which === 'user' || which === 'number';
  return fill(own ? prompt.limited : prompt.limited_all, { wait: waitOf(until - now) });
}

/** Nobody is known to send a code to. */
export function noTargetNote({ prompt }: Texts, method: SentMethod): string {
  return method === 'email' ? prompt.no_address : prompt.no_number;
}

/** Rounded up: who comes back after it is not refused again. */
function waitOf(milliseconds: number): string {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60_000));
  return minutes <= 90 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
