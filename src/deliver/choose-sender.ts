import { longestPrefix } from '../policy/country-prefix.ts';
import type { Sender } from './channel.ts';

/**
 * What a message to a number comes from: of the senders for its longest prefix always the same one for one number, so that its texts stand
 * together on the phone. @returns undefined if there is none
 */
export function chooseSender(to: string, senders: readonly Sender[]): string | undefined {
  const prefix = longestPrefix(
    to,
    senders.map((each) => each.prefix),
  );
  const pool = senders.filter((each) => each.prefix === prefix);
  const sum = Array.from(to, (character) => character.codePointAt(0) ?? 0).reduce((all, one) => all + one, 0);
  return pool[sum % Math.max(1, pool.length)]?.sender;
}
