import { timingSafeEqual } from 'node:crypto';
import { integer } from '../store/row.ts';
import type { Seal } from '../store/seal.ts';
import type { Sql } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';

/** Octets of the parts of a nonce: how many requests of the device had been accepted, when it ends, random, and the keyed digest over all that. */
const countSize = 6;
const timeSize = 6;
/** Random octets that one takes. */
export const nonceRandom = 12;
const digestSize = 16;
/** Octets of a nonce. */
export const nonceSize = countSize + timeSize + nonceRandom + digestSize;
/** How long one is good, in milliseconds. */
const lifetime = 120_000;
/** How many requests of the device may be accepted until it is good no more: so many used ones are kept of each device. */
const most = 16;
/** How far the clocks of two nodes may be apart, in milliseconds. */
const clockSlack = 60_000;

/**
 * What a device signs next. Nothing is kept of it: whoever knows the device's id may have any number, and takes nothing from its owner.
 * @param accepted requests of the device that were accepted
 * @param random `nonceRandom` octets
 * @param now milliseconds since 1970 UTC
 */
export function newNonce(seal: Seal, device: string, accepted: number, random: Buffer, now: number): Buffer {
  const numbers = Buffer.alloc(countSize + timeSize);
  numbers.writeUIntBE(accepted, 0, countSize);
  numbers.writeUIntBE(now + lifetime, countSize, timeSize);
  const parts = Buffer.concat([numbers, random]);
  return Buffer.concat([parts, digestOf(seal, device, parts)]);
}

/** Whether a nonce was made for this device, by whichever node, and its time is not over. It may be used already. */
export function isNonceOf(seal: Seal, device: string, nonce: Buffer, now: number): boolean {
  if (nonce.length !== nonceSize) return false;
  const [parts, digest] = [nonce.subarray(0, -digestSize), nonce.subarray(-digestSize)];
  const end = nonce.readUIntBE(countSize, timeSize);
  // One of a time to come is from before the clock was set back.
  const isInTime = end > now && end <= now + lifetime + clockSlack;
  return timingSafeEqual(digest, digestOf(seal, device, parts)) && isInTime;
}

/**
 * Whether it is still to be used. It does not hang on any clock: of what was used before the last `most` requests none comes in again.
 * @param nonce for which `isNonceOf` holds; its device is held, so that of two that bring the same one the second sees it used
 * @param accepted as it stands now
 */
export async function isUnused(sql: Sql, nonce: Buffer, accepted: number): Promise<boolean> {
  if (nonce.readUIntBE(0, countSize) <= accepted - most) return false;
  return (await sql.get('SELECT 1 FROM used_nonces WHERE nonce = ?', nonce)) === undefined;
}

/** Uses one up: only once the device's signature over it was good. @returns how many requests of the device were accepted now */
export async function useNonce(sql: Sql, device: string, nonce: Buffer): Promise<number> {
  const at = nonce.readUIntBE(0, countSize);
  await sql.run('INSERT INTO used_nonces (nonce, device_id, at) VALUES (?, ?, ?)', nonce, device, at);
  const row = await sql.get('UPDATE devices SET accepted = accepted + 1 WHERE id = ? RETURNING accepted', device);
  if (!row) throw new Error('a device was not held');
  const accepted = integer(row, 'accepted');
  await sql.run('DELETE FROM used_nonces WHERE device_id = ? AND at <= ?', device, accepted - most);
  return accepted;
}

function digestOf(seal: Seal, device: string, parts: Buffer): Buffer {
  return seal.digest(parts, `device-nonce:${device}`).subarray(0, digestSize);
}

export interface NonceRequest {
  readonly device: string;
  /** `nonceRandom` octets. */
  readonly random: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Gives a device something to sign, and changes nothing. @returns null if there is no such device, or none any more */
export const issueNonce: Transaction<NonceRequest, Buffer | null> = {
  name: 'issue-device-nonce',
  access: 'read',
  run: async ({ sql, seal }, { device, random, now }) => {
    const row = await sql.get('SELECT accepted FROM devices WHERE id = ?', device);
    return row ? newNonce(seal, device, integer(row, 'accepted'), random, now) : null;
  },
};
