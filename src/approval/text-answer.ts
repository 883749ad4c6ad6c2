import type { Decision } from './decide-approval.ts';

/** Letters and digits that nobody takes for one another on a phone: 5 bits each. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** What stands in a text and in its answer: 30 random bits, which a faked sender that has not read the text must guess. */
const referenceLength = 6;
export const referenceRandom = referenceLength;

/** Words for an answer: few, and those of neighbours, since a phone is often set to another language than its user's texts. */
const words: Readonly<Record<string, Decision>> = {
  yes: 'approve',
  y: 'approve',
  oui: 'approve',
  ja: 'approve',
  no: 'decline',
  n: 'decline',
  non: 'decline',
  nein: 'decline',
  fraud: 'fraud',
  fraude: 'fraud',
};

/** An answer that names its login. */
export interface TextAnswer {
  readonly decision: Decision;
  readonly reference: string;
}

/** @param random `referenceRandom` octets of a CSPRNG */
export function newReference(random: Buffer): string {
  return Array.from(random.subarray(0, referenceLength), (octet) => alphabet[octet % alphabet.length]).join('');
}

/** Reads "yes K7MPQ2": a word and a reference in any order and case. @returns undefined if it is anything else, or says two things */
export function readTextAnswer(body: string): TextAnswer | undefined {
  const parts = body.split(/[\s.,;:!"'«»“”]+/u).filter((part) => part !== '');
  if (parts.length !== 2) return undefined;
  const [first = '', second = ''] = parts;
  return answerOf(first, second) ?? answerOf(second, first);
}

function answerOf(word: string, typed: string): TextAnswer | undefined {
  const key = word.toLowerCase();
  const decision = Object.hasOwn(words, key) ? words[key] : undefined;
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
