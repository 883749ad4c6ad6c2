import { octets, text } from '../store/row.ts';
import type { Sql } from '../store/sql.ts';
import { useNonce } from './device-nonces.ts';
import { deviceKeyOf, isSignature, signedOctets } from './signature.ts';

/** A request that a device has signed, other than a decision. */
export interface DeviceRequest {
  readonly device: string;
  /** As it was given out; it is used up whatever comes of it. */
  readonly nonce: Buffer;
  readonly signature: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** `unknown-device`: there is none, or none any more. `refused`: the nonce or the signature is not good. */
export type CheckedRequest =
  { readonly kind: 'known'; readonly userId: string } | { readonly kind: 'unknown-device' | 'refused' };

/** Whether it is the device that asks: its key has signed what it asks for, with a nonce that was not used before. @param fields what is asked, in words */
export async function checkRequest(
  sql: Sql,
  { device, nonce, signature, now }: DeviceRequest,
  what: 'list' | 'subscription',
  fields: readonly string[],
): Promise<CheckedRequest> {
  const row = await sql.get('UPDATE devices SET name = name WHERE id = ? RETURNING user_id, public_key', device);
  if (!row) return { kind: 'unknown-device' };
  if (!(await useNonce(sql, device, nonce, now))) return { kind: 'refused' };
  const key = deviceKeyOf(octets(row, 'public_key'));
  const signed = signedOctets(what, [device, ...fields, nonce.toString('base64url')]);
  if (!key || !isSignature(key, signed, signature)) return { kind: 'refused' };
  return { kind: 'known', userId: text(row, 'user_id') };
}
