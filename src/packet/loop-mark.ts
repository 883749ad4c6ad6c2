import { createHmac, timingSafeEqual } from 'node:crypto';
import { Type } from './constants.ts';
import type { Attribute, Packet } from './packet.ts';

/** So that whoever reads a trace sees whose it is. */
const prefix = Buffer.from('radgate:');
/** Octets of the keyed hash. */
const hashSize = 16;

/**
 * What each request to an upstream bears as our Proxy-State (RFC 2865 §5.33): text that says "radgate", then a keyed hash, 24 octets in all.
 * A server that forwards must pass on the Proxy-States of what it forwards, so a request that comes in with this one has gone out here before.
 * Another radgate in the chain has another key, and its requests pass.
 */
export class LoopMark {
  readonly attribute: Attribute;

  /** @param key one for all that share a store, and for nobody else */
  constructor(key: Buffer) {
    const hash = createHmac('sha256', key).update('Proxy-State').digest().subarray(0, hashSize);
    this.attribute = { type: Type.proxyState, value: Buffer.concat([prefix, hash]) };
  }

  /** Whether a request was sent by us, or by another node on our store. */
  isIn({ attributes }: Pick<Packet, 'attributes'>): boolean {
    const { type: ours, value: own } = this.attribute;
    return attributes.some(
      ({ type, value }) => type === ours && value.length === own.length && timingSafeEqual(value, own),
    );
  }
}
