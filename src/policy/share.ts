/**
 * Where a user stands among all, from 0 to below 100 in steps of a hundredth: the same at all times and on all nodes, so that a rule for so many percent
 * takes the same users always, and a larger one only more. It is no secret: FNV-1a, 32 bits, with the finalizer of MurmurHash3 for an even spread.
 * @param user the user's id, or the name where there is none
 */
export function shareOf(user: string): number {
  let hash = 0x811c9dc5;
  for (const octet of new TextEncoder().encode(user)) hash = Math.imul(hash ^ octet, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) % 10_000) / 100;
}
