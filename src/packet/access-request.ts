import { Microsoft, Type } from './constants.ts';
import { PacketError, type Packet } from './packet.ts';
import type { SharedSecret } from './shared-secret.ts';
import { isHiddenPasswordSize, revealPassword } from './user-password.ts';
import { vendorAttributes } from './vendor-specific.ts';

/** What the user proves himself with. `password` is the bytes that were typed at the NAS. */
export type Credential =
  { readonly kind: 'pap'; readonly password: Buffer } | { readonly kind: 'chap' | 'ms-chap' | 'eap' | 'arap' | 'none' };

/** An Access-Request: RFC 2865 §4.1. Values are the bytes as received. */
export interface AccessRequest {
  readonly packet: Packet;
  readonly userName: Buffer | undefined;
  readonly credential: Credential;
  readonly state: Buffer | undefined;
  readonly callingStationId: Buffer | undefined;
}

/** The attributes that may stand in an Access-Request once at most: RFC 2865 §5.44, RFC 3579 §3.3. */
const once = new Set<number>([Type.userName, Type.userPassword, Type.chapPassword, Type.arapPassword, Type.state]);

/**
 * Reads an Access-Request and reveals its password with the client's secret.
 * @throws PacketError if it carries a credential twice, two kinds of them (RFC 3579 §3.3 note 1), or a User-Password of an impossible size
 */
export function decodeAccessRequest(packet: Packet, secret: SharedSecret): AccessRequest {
  const found = new Map<number, Buffer>();
  let eap = false;
  let msChap = false;
  for (const { type, value } of packet.attributes) {
    if (once.has(type) && found.has(type)) throw new PacketError('repeated-attribute');
    if (!found.has(type)) found.set(type, value);
    if (type === Type.eapMessage) eap = true;
    if (type === Type.vendorSpecific) msChap ||= carriesMsChap(value);
  }
  return {
    packet,
    userName: found.get(Type.userName),
    credential: credentialOf(found, eap, msChap, packet, secret),
    state: found.get(Type.state),
    callingStationId: found.get(Type.callingStationId),
  };
}

function credentialOf(
  found: ReadonlyMap<number, Buffer>,
  eap: boolean,
  msChap: boolean,
  packet: Packet,
  secret: SharedSecret,
): Credential {
  const hidden = found.get(Type.userPassword);
  const chap = found.has(Type.chapPassword);
  const arap = found.has(Type.arapPassword);
  if (Number(hidden !== undefined) + Number(chap) + Number(arap) + Number(eap) + Number(msChap) > 1)
    throw new PacketError('several-credentials');
  if (hidden !== undefined) {
    if (!isHiddenPasswordSize(hidden.length)) throw new PacketError('user-password-length');
    return { kind: 'pap', password: revealPassword(hidden, secret, packet.authenticator) };
  }
  if (chap) return { kind: 'chap' };
  if (arap) return { kind: 'arap' };
  if (eap) return { kind: 'eap' };
  return { kind: msChap ? 'ms-chap' : 'none' };
}

function carriesMsChap(value: Buffer): boolean {
  return (vendorAttributes(value) ?? []).some(
    ({ vendor, type }) =>
      vendor === Microsoft.vendor && (type === Microsoft.chapResponse || type === Microsoft.chap2Response),
  );
}
