import { Microsoft, Type } from './constants.ts';
import { PacketError, type Packet } from './packet.ts';
import type { SharedSecret } from './shared-secret.ts';
import { isHiddenPasswordSize, revealPassword } from './user-password.ts';
import { vendorAttributes } from './vendor-specific.ts';

/** What the user proves himself with. */
export type Credential =
  /** `password` is the bytes that were typed at the NAS. */
  | { readonly kind: 'pap'; readonly password: Buffer }
  /** RFC 2865 §5.3: `response` is 16 octets; `challenge` is the Request Authenticator where there is no CHAP-Challenge. */
  | { readonly kind: 'chap'; readonly id: number; readonly response: Buffer; readonly challenge: Buffer }
  /** RFC 2548 §2.1.3 and §2.3.2: `response` is the attribute's 50 octets, the first being the Ident. */
  | { readonly kind: 'ms-chap'; readonly version: 1 | 2; readonly challenge: Buffer; readonly response: Buffer }
  /** A change of password: MS-CHAP-CPW-1, MS-CHAP-CPW-2 and MS-CHAP2-CPW (RFC 2548 §2.1.6, §2.1.7, §2.3.4). */
  | { readonly kind: 'ms-chap-change'; readonly version: 1 | 2; readonly request: Buffer }
  /** RFC 3579 §3.1: the EAP packet, its fragments put together. */
  | { readonly kind: 'eap'; readonly message: Buffer }
  /** One that nothing here can check, one that is laid out wrong, or none at all. */
  | { readonly kind: 'arap' | 'malformed' | 'none' };

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
/** The same inside Microsoft's: RFC 2548 §2. */
const microsoftOnce = new Set<number>([
  Microsoft.chapChallenge,
  Microsoft.chapResponse,
  Microsoft.chap2Response,
  Microsoft.chapChange1,
  Microsoft.chapChange2,
  Microsoft.chap2Change,
]);

const sizes = { chapPassword: 17, msChapResponse: 50 } as const;

/**
 * Reads an Access-Request and reveals its password with the client's secret.
 * @throws PacketError if it carries a credential twice, two kinds of them (RFC 3579 §3.3 note 1), or a User-Password of an impossible size
 */
export function decodeAccessRequest(packet: Packet, secret: SharedSecret): AccessRequest {
  const found = new Map<number, Buffer>();
  const microsoft = new Map<number, Buffer>();
  const eap: Buffer[] = [];
  for (const { type, value } of packet.attributes) {
    if (type === Type.eapMessage) eap.push(value);
    if (type === Type.vendorSpecific) collectMicrosoft(value, microsoft);
    if (once.has(type) && found.has(type)) throw new PacketError('repeated-attribute');
    if (!found.has(type)) found.set(type, value);
  }
  return {
    packet,
    userName: found.get(Type.userName),
    credential: credentialOf(found, microsoft, eap, packet, secret),
    state: found.get(Type.state),
    callingStationId: found.get(Type.callingStationId),
  };
}

function collectMicrosoft(value: Buffer, into: Map<number, Buffer>): void {
  for (const { vendor, type, value: inside } of vendorAttributes(value) ?? []) {
    if (vendor !== Microsoft.vendor || !microsoftOnce.has(type)) continue;
    if (into.has(type)) throw new PacketError('repeated-attribute');
    into.set(type, inside);
  }
}

function credentialOf(
  found: ReadonlyMap<number, Buffer>,
  microsoft: ReadonlyMap<number, Buffer>,
  eap: readonly Buffer[],
  packet: Packet,
  secret: SharedSecret,
): Credential {
  const hidden = found.get(Type.userPassword);
  const chap = found.get(Type.chapPassword);
  const arap = found.get(Type.arapPassword);
  const responses = [...microsoft].filter(([type]) => type !== Microsoft.chapChallenge);
  const isThere = [hidden, chap, arap, eap[0]].filter((value) => value !== undefined).length + responses.length;
  if (isThere > 1) throw new PacketError('several-credentials');
  if (hidden !== undefined) {
    if (!isHiddenPasswordSize(hidden.length)) throw new PacketError('user-password-length');
    return { kind: 'pap', password: revealPassword(hidden, secret, packet.authenticator) };
  }
  if (chap) return chapOf(chap, found.get(Type.chapChallenge) ?? packet.authenticator);
  if (arap) return { kind: 'arap' };
  if (eap[0]) return { kind: 'eap', message: Buffer.concat(eap) };
  const [response] = responses;
  return response ? msChapOf(...response, microsoft.get(Microsoft.chapChallenge)) : { kind: 'none' };
}

function chapOf(value: Buffer, challenge: Buffer): Credential {
  if (value.length !== sizes.chapPassword) return { kind: 'malformed' };
  return { kind: 'chap', id: value.readUInt8(0), response: value.subarray(1), challenge };
}

function msChapOf(type: number, value: Buffer, challenge: Buffer | undefined): Credential {
  switch (type) {
    case Microsoft.chapResponse:
    case Microsoft.chap2Response: {
      const version = type === Microsoft.chapResponse ? 1 : 2;
      // RFC 2759 §4 has 16 octets of challenge, RFC 2433 §4 has 8.
      if (value.length !== sizes.msChapResponse || challenge?.length !== 8 * version) return { kind: 'malformed' };
      return { kind: 'ms-chap', version, challenge, response: value };
    }
    default:
      return { kind: 'ms-chap-change', version: type === Microsoft.chap2Change ? 2 : 1, request: value };
  }
}
