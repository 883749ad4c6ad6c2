import { timingSafeEqual } from 'node:crypto';
import { Type } from '../packet/constants.ts';
import type { Attribute, Packet } from '../packet/packet.ts';
import type { Transaction } from '../store/store.ts';

/** The octets of a mark. */
const size = 16;

/**
 * What an installation's own Proxy-State says (RFC 2865 §5.33): a keyed digest, the same at all nodes of one store and at no other installation, so that
 * several in a chain let each other's requests pass and each knows its own.
 */
export const loadProxyMark: Transaction<null, Buffer> = {
  name: 'load-proxy-mark',
  access: 'read',
  run: async ({ seal }) => Buffer.from(seal.digest(Buffer.alloc(0), 'proxy-mark').subarray(0, size)),
};

export function markAttribute(mark: Buffer): Attribute {
  return { type: Type.proxyState, value: mark };
}

/** Whether a request has been here before: a proxy behind this one sent it back. */
export function carriesMark({ attributes }: Packet, mark: Buffer): boolean {
  return attributes.some(
    ({ type, value }) => type === Type.proxyState && value.length === mark.length && timingSafeEqual(value, mark),
  );
}
