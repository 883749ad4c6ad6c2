import type { Sql } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';

/** Octets of a nonce. */
export const nonceSize = 16;
/** How long one is good, in milliseconds. */
const lifetime = 120_000;
/** Those of one device that nobody has used; the oldest goes. */
const most = 8;
/** How far the clocks of two nodes may be apart, in milliseconds. */
const clockSlack = 60_000;

/** What the device signs next. @param now milliseconds since 1970 UTC */
export async function addNonce(sql: Sql, deviceId: string, nonce: Buffer, now: number): Promise<void> {
  await sql.run(
    `DELETE FROM device_nonces WHERE device_id = ? AND nonce NOT IN
       (SELECT nonce FROM device_nonces WHERE device_id = ? AND expires_at > ? ORDER BY expires_at DESC LIMIT ?)`,
    deviceId,
    deviceId,
    now,
    most - 1,
  );
  await sql.run(
    'INSERT INTO device_nonces (nonce, device_id, expires_at) VALUES (?, ?, ?)',
    nonce,
    deviceId,
    now + lifetime,
  );
}

/** Uses one up, on whichever node: of two that bring the same one alone finds it. @returns false if it was none, another device's, used, or too old */
export async function useNonce(sql: Sql, deviceId: string, nonce: Buffer, now: number): Promise<boolean> {
  const used = await sql.run(
    // One of a time to come is from before the clock was set back.
    'DELETE FROM device_nonces WHERE nonce = ? AND device_id = ? AND expires_at > ? AND expires_at <= ?',
    nonce,
    deviceId,
    now,
    now + lifetime + clockSlack,
  );
  return used === 1;
}

export interface NewNonce {
  readonly device: string;
  /** `nonceSize` random octets. */
  readonly nonce: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Gives a device something to sign. @returns false if there is no such device, or none any more */
export const issueNonce: Transaction<NewNonce, boolean> = {
  name: 'issue-device-nonce',
  access: 'write',
  run: async ({ sql }, { device, nonce, now }) => {
    // Two at once wait for one another, so that there are never more than the most.
    const known = await sql.get('UPDATE devices SET name = name WHERE id = ? RETURNING id', device);
    if (!known) return false;
    await addNonce(sql, device, nonce, now);
    return true;
  },
};
