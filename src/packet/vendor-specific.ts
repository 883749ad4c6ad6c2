import { Type } from './constants.ts';
import type { Attribute } from './packet.ts';

/** One attribute inside a Vendor-Specific one. */
export interface VendorAttribute {
  readonly vendor: number;
  readonly type: number;
  readonly value: Buffer;
}

/** Splits the value of a Vendor-Specific attribute as RFC 2865 §5.26 recommends; undefined if it isn't laid out so. */
export function vendorAttributes(value: Buffer): VendorAttribute[] | undefined {
  if (value.length < 4) return undefined;
  const vendor = value.readUInt32BE(0);
  const inside: VendorAttribute[] = [];
  let at = 4;
  while (at < value.length) {
    const type = value[at];
    const size = value[at + 1];
    if (type === undefined || size === undefined || size < 2 || at + size > value.length) return undefined;
    inside.push({ vendor, type, value: value.subarray(at + 2, at + size) });
    at += size;
  }
  return inside;
}

/**
 * Wraps one vendor attribute: RFC 2865 §5.26.
 * @throws RangeError if its value is over 247 octets, the most that fits
 */
export function vendorSpecific({ vendor, type, value }: VendorAttribute): Attribute {
  if (value.length > 247) throw new RangeError(`vendor attribute of ${value.length} octets, over 247`);
  const wrapped = Buffer.alloc(6 + value.length);
  wrapped.writeUInt32BE(vendor, 0);
  wrapped[4] = type;
  wrapped[5] = 2 + value.length;
  value.copy(wrapped, 6);
  return { type: Type.vendorSpecific, value: wrapped };
}
