import { foldWord, type AnswerDecision, type AnswerWords } from '../policy/answer-words.ts';

/** Letters and digits that nobody takes for one another on a phone: 5 bits each. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** What stands in a text and in its answer: 30 random bits, which a faked sender that has not read the text must guess. */
const referenceLength = 6;
export const referenceRandom = referenceLength;

/** An answer that names its login. */
export interface TextAnswer {
  readonly decision: AnswerDecision;
  readonly reference: string;
}

/** @param random `referenceRandom` octets of a CSPRNG */
export function newReference(random: Buffer): string {
  return Array.from(random.subarray(0, referenceLength), (octet) => alphabet[octet % alphabet.length]).join('');
}

/**
 * Reads "yes K7MPQ2", a word and a reference in any order and case, or "K7MPQ2" alone, which is a yes: who writes it has read the text, and the number
 * must be right besides.
 * @returns undefined if it is anything else, or says two things
 */
export function readTextAnswer(body: string, words: AnswerWords): TextAnswer | undefined {
  const parts = body.split(/[\s.,;:!"'«»“”]+/u).filter((part) => part !== '');
  const [first = '', second = ''] = parts;
  // "Fraude" could be a reference.
  if (parts.length === 1) return words.has(foldWord(first)) ? undefined : answerOf('approve', first);
  if (parts.length !== 2) return undefined;
  return answerOf(words.get(foldWord(first)), second) ?? answerOf(words.get(foldWord(second)), first);
}

function answerOf(decision: AnswerDecision | undefined, typed: string): TextAnswer | undefined {
  const reference = typed.toUpperCase();
  const isReference =
    reference.length === referenceLength && Array.from(reference).every((each) => alphabet.includes(each));
  return decision !== undefined && isReference ? { decision, reference } : undefined;
}

/**
 * What an answer opens: the number that it comes from and the reference, never one without the other. It is longer than the token of a page, so that
 * neither passes for the other.
 * @param number E.164
 */
export function answerToken(number: string, reference: string): Buffer {
  return Buffer.from(`text:${number}:${reference}`);
}
