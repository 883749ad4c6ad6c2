import { octets, text } from '../store/row.ts';
import { SealError } from '../store/seal.ts';
import type { Sql } from '../store/sql.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { subscriptionOwner } from '../store/subscription-owner.ts';
import type { Subscription } from './send-push.ts';

/** Where the browser of an enrolled device takes messages. */
export interface DeviceSubscription extends Subscription {
  readonly deviceId: string;
}

/** Keeps where a device takes messages, instead of what was kept before; part of a transaction that has checked the device. */
export async function keepSubscription(
  { sql, seal }: TransactionContext,
  deviceId: string,
  subscription: Subscription,
  now: number,
): Promise<void> {
  const sealed = seal.close(Buffer.from(written(subscription)), subscriptionOwner(deviceId));
  await sql.run('DELETE FROM push_subscriptions WHERE id = ?', deviceId);
  await sql.run('INSERT INTO push_subscriptions (id, sealed, created_at) VALUES (?, ?, ?)', deviceId, sealed, now);
}

/** Forgets where a device takes messages: it was revoked, or takes none any more. */
async function forgetSubscription(sql: Sql, deviceId: string): Promise<void> {
  await sql.run('DELETE FROM push_subscriptions WHERE id = ?', deviceId);
}

/** Where a user's devices take messages; what was sealed under a key that is gone is left out. */
export async function subscriptionsOf(
  { sql, seal }: TransactionContext,
  userId: string,
): Promise<readonly DeviceSubscription[]> {
  const rows = await sql.all(
    `SELECT push_subscriptions.id, sealed FROM push_subscriptions JOIN devices ON devices.id = push_subscriptions.id
     WHERE user_id = ? ORDER BY push_subscriptions.id`,
    userId,
  );
  return rows.flatMap((row) => {
    const deviceId = text(row, 'id');
    try {
      return [{ deviceId, ...read(seal.open(octets(row, 'sealed'), subscriptionOwner(deviceId)).toString()) }];
    } catch (error) {
      if (error instanceof SealError) return [];
      throw error;
    }
  });
}

/** Forgets a subscription that a push service says is over, unless the device has a new one by now. */
export const dropSubscription: Transaction<{ readonly deviceId: string; readonly endpoint: string }, boolean> = {
  name: 'drop-subscription',
  access: 'write',
  run: async ({ sql, seal }, { deviceId, endpoint }) => {
    const row = await sql.get('SELECT sealed FROM push_subscriptions WHERE id = ?', deviceId);
    if (!row) return false;
    const kept = read(seal.open(octets(row, 'sealed'), subscriptionOwner(deviceId)).toString());
    if (kept.endpoint !== endpoint) return false;
    await forgetSubscription(sql, deviceId);
    return true;
  },
};

/** As text: what is sealed here, and the address of a message in the outbox. */
export function written({ endpoint, publicKey, authSecret }: Subscription): string {
  const [key, secret] = [publicKey, authSecret].map((part) => part.toString('base64url'));
  return JSON.stringify([endpoint, key, secret]);
}

/** Reads what `written` wrote: only this program's own sealed octets get here. */
export function read(text: string): Subscription {
  const [endpoint, key, secret] = JSON.parse(text) as [string, string, string];
  return { endpoint, publicKey: Buffer.from(key, 'base64url'), authSecret: Buffer.from(secret, 'base64url') };
}
