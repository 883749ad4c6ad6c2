import { integer, octets, text } from '../store/row.ts';
import type { TransactionContext } from '../store/store.ts';
import { isNonceOf, isUnused, useNonce } from './device-nonces.ts';
import { deviceKeyOf, isSignature, signedOctets } from './signature.ts';

/** A request that a device has signed, other than a decision. */
export interface DeviceRequest {
  readonly device: string;
  /** As it was given out; it is used up once the signature over it is good. */
  readonly nonce: Buffer;
  readonly signature: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** `unknown-device`: there is none, or none any more. `refused`: the nonce or the signature is not good. */
export type CheckedRequest =
  | {
      readonly kind: 'known';
      readonly userId: string;
      /** Requests of the device that were accepted, this one included. */
      readonly accepted: number;
    }
  | { readonly kind: 'unknown-device' | 'refused' };

/** Whether it is the device that asks: its key has signed what it asks for, with a nonce that was not used before. @param fields what is asked, in words */
export async function checkRequest(
  { sql, seal }: TransactionContext,
  { device, nonce, signature, now }: DeviceRequest,
  what: 'list' | 'subscription',
  fields: readonly string[],
): Promise<CheckedRequest> {
  const row = await sql.get(
    'UPDATE devices SET name = name WHERE id = ? RETURNING user_id, public_key, accepted',
    device,
  );
  if (!row) return { kind: 'unknown-device' };
  if (!isNonceOf(seal, device, nonce, now)) return { kind: 'refused' };
  const key = deviceKeyOf(octets(row, 'public_key'));
  const signed = signedOctets(what, [device, ...fields, nonce.toString('base64url')]);
  if (!key || !isSignature(key, signed, signature)) return { kind: 'refused' };
  if (!(await isUnused(sql, nonce, integer(row, 'accepted')))) return { kind: 'refused' };
  return { kind: 'known', userId: text(row, 'user_id'), accepted: await useNonce(sql, device, nonce) };
}
