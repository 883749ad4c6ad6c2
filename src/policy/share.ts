import { createHash } from 'node:crypto';

/**
 * Where a user stands among all, from 0 to below 100 in steps of a hundredth: the same at all times and on all nodes, so that a rule for so many percent
 * takes the same users always, and a larger one only more.
 * @param user the user's id, or the name where there is none
 */
export function shareOf(user: string): number {
  return (createHash('sha256').update(`radgate share ${user}`).digest().readUInt32BE(0) % 10_000) / 100;
}
