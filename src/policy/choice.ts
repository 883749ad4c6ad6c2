import type { SentMethod } from './sent-method.ts';

/** A way to prove oneself that can be asked for by a word: a code of an app or token, an approval on a phone, or a code that is sent. */
export type Way = 'app' | 'approval' | SentMethod;

/** The words for each way, and for another code by the same way; compared without regard to case. */
export type ChoiceWords = Readonly<Record<Way | 'resend', readonly string[]>>;

export type Typed =
  | { readonly kind: 'choice'; readonly way: Way }
  | { readonly kind: 'resend' }
  /** A word for a way that this user does not have now: no code, and no attempt at one. */
  | { readonly kind: 'unavailable'; readonly way: Way }
  | { readonly kind: 'code' };

export const ways = ['app', 'approval', 'sms', 'voice', 'email'] as const satisfies readonly Way[];

/**
 * What an answer at the prompt means: a word for another way, a number of the menu, or else a code.
 * @param available what the user can choose, in the order of the menu: `1` is the first
 */
export function parseChoice(typed: string, available: readonly Way[], words: ChoiceWords): Typed {
  const word = folded(typed);
  if (/^[1-9]$/.test(word)) {
    const way = available[Number(word) - 1];
    return way ? { kind: 'choice', way } : { kind: 'code' };
  }
  if (word === '') return { kind: 'code' };
  if (has(words.resend, word)) return { kind: 'resend' };
  const way = ways.find((one) => has(words[one], word));
  if (!way) return { kind: 'code' };
  return { kind: available.includes(way) ? 'choice' : 'unavailable', way };
}

/** The way that is begun with: the user's own wish, else that of the user's group, else the strongest there is. */
export function defaultWay(
  available: readonly Way[],
  user: Way | null | undefined,
  group: Way | null | undefined,
): Way | undefined {
  return [user, group].find((way) => way && available.includes(way)) ?? strongest(available);
}

/** An app's key never leaves it; a text and a call can be diverted (NIST SP 800-63B-4 §3.1.3.3); a mailbox often needs no more than a password. */
function strongest(available: readonly Way[]): Way | undefined {
  return ways.find((way) => available.includes(way));
}

function has(words: readonly string[], word: string): boolean {
  return words.some((one) => folded(one) === word);
}

function folded(text: string): string {
  return text.trim().normalize('NFKC').toLowerCase();
}
