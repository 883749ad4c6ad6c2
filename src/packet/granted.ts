import { Microsoft, Type } from './constants.ts';
import { maskBlocks } from './mask-blocks.ts';
import type { Attribute } from './packet.ts';
import { hideSalted, revealSalted, saltedLength } from './salted.ts';
import type { SharedSecret } from './shared-secret.ts';
import { hidePassword } from './user-password.ts';
import { vendorAttributes, vendorSpecific } from './vendor-specific.ts';

/**
 * An attribute that an upstream granted. Most are bytes that pass on as they are; those that are encrypted for one hop are held
 * plain and encrypted anew for the next: Tunnel-Password (RFC 2868 §3.5), MS-MPPE-Send-Key and MS-MPPE-Recv-Key (RFC 2548 §2.4.2, §2.4.3), and
 * MS-CHAP-MPPE-Keys (§2.4.1), 32 octets.
 */
export type Granted =
  | ({ readonly kind: 'plain' } & Attribute)
  | { readonly kind: 'tunnel-password'; readonly tag: number; readonly value: Buffer }
  | { readonly kind: 'mppe-key'; readonly type: number; readonly value: Buffer }
  | { readonly kind: 'chap-mppe-keys'; readonly value: Buffer };

const chapMppeKeysSize = 32;

/** What must be known of one hop to encrypt or decrypt for it. */
export interface Hop {
  readonly secret: SharedSecret;
  /** Of the request that the attributes answer. */
  readonly requestAuthenticator: Buffer;
}

/** Takes a reply's attributes off their hop. One that can't be decrypted is left out: as it is it would be noise at the next hop. */
export function reveal(attributes: readonly Attribute[], hop: Hop): Granted[] {
  return attributes.flatMap((attribute) => {
    if (attribute.type === Type.tunnelPassword) return revealTunnelPassword(attribute.value, hop);
    if (attribute.type === Type.vendorSpecific) return revealKeys(attribute, hop);
    return { kind: 'plain', ...attribute };
  });
}

/** Puts granted attributes on the next hop. @param salt 2 random octets: where the salts of this packet start, each unique in it */
export function hide(granted: readonly Granted[], hop: Hop, salt: Buffer): Attribute[] {
  let next = salt.readUInt16BE(0);
  const encrypt = (value: Buffer): Buffer => {
    const own = Buffer.alloc(2);
    own.writeUInt16BE(next++ & 0x7fff);
    return hideSalted(value, own, hop.secret, hop.requestAuthenticator);
  };
  return granted.map((attribute) => {
    switch (attribute.kind) {
      case 'plain':
        return { type: attribute.type, value: attribute.value };
      case 'tunnel-password':
        return {
          type: Type.tunnelPassword,
          value: Buffer.concat([Buffer.of(attribute.tag), encrypt(attribute.value)]),
        };
      case 'mppe-key':
        return vendorSpecific({ vendor: Microsoft.vendor, type: attribute.type, value: encrypt(attribute.value) });
      case 'chap-mppe-keys': {
        const value = hidePassword(attribute.value, hop.secret, hop.requestAuthenticator);
        return vendorSpecific({ vendor: Microsoft.vendor, type: Microsoft.chapMppeKeys, value });
      }
    }
  });
}

/** What these take in a packet, in octets, once they are on a hop: RFC 2868 §3.5 and RFC 2548 §2.4 for those that are encrypted. */
export function lengthOnHop(granted: readonly Granted[]): number {
  let length = 0;
  for (const attribute of granted) length += lengthOf(attribute);
  return length;
}

function lengthOf(attribute: Granted): number {
  switch (attribute.kind) {
    case 'plain':
      return 2 + attribute.value.length;
    case 'tunnel-password':
      return 3 + saltedLength(attribute.value.length);
    case 'mppe-key':
      return 8 + saltedLength(attribute.value.length);
    case 'chap-mppe-keys':
      return 8 + chapMppeKeysSize;
  }
}

function revealTunnelPassword(value: Buffer, hop: Hop): Granted[] {
  const plain = value.length > 1 ? revealSalted(value.subarray(1), hop.secret, hop.requestAuthenticator) : undefined;
  return plain ? [{ kind: 'tunnel-password', tag: value[0] ?? 0, value: plain }] : [];
}

function revealKeys(attribute: Attribute, hop: Hop): Granted[] {
  const inside = vendorAttributes(attribute.value) ?? [];
  if (!inside.some(({ vendor, type }) => isKey(vendor, type))) return [{ kind: 'plain', ...attribute }];
  return inside.flatMap((one): Granted[] => {
    if (!isKey(one.vendor, one.type)) return [{ kind: 'plain', ...vendorSpecific(one) }];
    if (one.type === Microsoft.chapMppeKeys) {
      // Hidden as a User-Password is, but all of its octets count, zeros at the end too.
      if (one.value.length !== chapMppeKeysSize) return [];
      const value = Buffer.from(one.value);
      maskBlocks(value, one.value, hop.secret, hop.requestAuthenticator);
      return [{ kind: 'chap-mppe-keys', value }];
    }
    const plain = revealSalted(one.value, hop.secret, hop.requestAuthenticator);
    return plain ? [{ kind: 'mppe-key', type: one.type, value: plain }] : [];
  });
}

const keys = new Set<number>([Microsoft.mppeSendKey, Microsoft.mppeRecvKey, Microsoft.chapMppeKeys]);

function isKey(vendor: number, type: number): boolean {
  return vendor === Microsoft.vendor && keys.has(type);
}
