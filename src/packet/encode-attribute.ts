import { formatOf } from './attribute-value.ts';
import { Size, Type } from './constants.ts';
import { attributeDefinition, attributeName, attributeNumber, type Definition } from './dictionary.ts';
import type { Attribute } from './packet.ts';
import { vendorSpecific } from './vendor-specific.ts';

/** What is left of an attribute's 253 octets after a vendor's number and the inner type and length: RFC 2865 §5.26. */
const vendorRoom = Size.value - 6;

/**
 * An attribute from its name and value as an administrator writes them: text, an integer by number or name, an address, a prefix, octets
 * as 0x and hexadecimal digits; `:tag:value` (tag 0 to 31) where RFC 2868 §3 has one. A vendor's comes wrapped in Vendor-Specific.
 * @throws Error if the name is unknown, the value doesn't fit the type, is empty or over 253 octets (247 of a vendor's), or the attribute
 * is one that is encrypted for each hop. Its message never holds the value.
 */
export function encodeAttribute(name: string, value: string): Attribute {
  const number = attributeNumber(name);
  if (!number) throw new Error(`unknown attribute "${name}"`);
  const { type, vendor } = number;
  const definition = attributeDefinition(type, vendor);
  const called = attributeName(type, vendor);
  if (vendor === undefined && type === Type.vendorSpecific)
    throw new Error(`${called}: name the vendor's attribute instead`);
  if (definition?.encrypted) throw new Error(`${called} is encrypted for each hop and can't be written as a value`);

  const octets = encodeValue(called, definition, value);
  const room = vendor === undefined ? Size.value : vendorRoom;
  if (octets.length === 0) throw new Error(`${called} is empty`);
  if (octets.length > room) throw new Error(`${called} is ${octets.length} octets long, over ${room}`);
  return vendor === undefined ? { type, value: octets } : vendorSpecific({ vendor, type, value: octets });
}

function encodeValue(called: string, definition: Definition | undefined, value: string): Buffer {
  const [, tag, rest] = (definition?.tagged && /^:(\d{1,2}):(.*)$/s.exec(value)) || [];
  const format = formatOf(definition);
  const octets = format.parse(rest ?? value);
  if (!octets || Number(tag ?? 0) > 0x1f)
    throw new Error(
      `${called} takes ${format.takes}${definition?.tagged ? ', or :tag:value with a tag from 0 to 31' : ''}`,
    );
  // Text goes without a tag unless one is given; a number's octet for it is always there (RFC 2868 §3.1).
  const tagged = tag !== undefined || (definition?.tagged && definition.format !== 'string');
  return tagged ? Buffer.from([Number(tag ?? 0), ...octets]) : octets;
}
