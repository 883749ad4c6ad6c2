import { formatOf, hexOf } from './attribute-value.ts';
import { Type } from './constants.ts';
import { attributeDefinition, attributeName, isKnownVendor } from './dictionary.ts';
import type { Attribute } from './packet.ts';
import { vendorAttributes } from './vendor-specific.ts';

/** An attribute for a log line or a terminal. `value` is printable: no character of it moves a cursor or starts a line. */
export interface Described {
  readonly name: string;
  readonly value: string;
}

const mask = '******';
/** Of attributes whose value is itself name=value (or name*value), such as Cisco-AVPair: the names that hold secrets. */
const secretPair = /^([^=*]*(?:passw|secret|psk|key)[^=*]*[=*]).+$/i;

/**
 * An attribute's name and value for people. Vendor-Specific gives one for each attribute inside (RFC 2865 §5.26). Integers are shown by
 * name where there is one, times in ISO 8601, tagged values as `:tag:value` (RFC 2868 §3), what doesn't fit its type as 0x and hexadecimal
 * digits, and secrets as '******', as is what a known vendor has added since: it may be one. Takes any octets; never throws.
 */
export function describeAttribute({ type, value }: Attribute): Described[] {
  if (type !== Type.vendorSpecific)
    return [{ name: attributeName(type), value: describeValue(type, undefined, value) }];
  const inside = vendorAttributes(value) ?? [];
  if (inside.length === 0) return [{ name: attributeName(type), value: describeMalformed(value) }];
  return inside.map((one) => ({
    name: attributeName(one.type, one.vendor),
    value: describeValue(one.type, one.vendor, one.value),
  }));
}

/** A known vendor's attributes can hold secrets though their lengths don't add up: then only the vendor is shown. */
function describeMalformed(value: Buffer): string {
  const masked = value.length > 4 && isKnownVendor(value.readUInt32BE(0));
  return masked ? hexOf(value.subarray(0, 4)) + mask : hexOf(value);
}

function describeValue(type: number, vendor: number | undefined, value: Buffer): string {
  const definition = attributeDefinition(type, vendor);
  if (definition?.secret) return mask;
  if (!definition && vendor !== undefined && isKnownVendor(vendor)) return mask;
  const format = formatOf(definition);
  if (!definition?.tagged) {
    const printed = format.print(value) ?? hexOf(value);
    return definition?.name.endsWith('-AVPair') ? printed.replace(secretPair, `$1${mask}`) : printed;
  }
  const [tag] = value;
  const text = definition.format === 'string';
  // Text may come without a tag, whose octet is 0x00 to 0x1f: RFC 2868 §3.3.
  if (text && (tag === undefined || tag > 0x1f)) return format.print(value) ?? hexOf(value);
  const printed = tag !== undefined && tag <= 0x1f ? format.print(value.subarray(1)) : undefined;
  if (printed === undefined) return hexOf(value);
  return tag === 0 && !text ? printed : `:${tag}:${printed}`;
}
