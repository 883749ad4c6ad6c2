import type { DeviceAttribute } from '../policy/device-attribute.ts';
import { firstValue, type Packet } from '../packet/packet.ts';
import { printable } from '../packet/printable.ts';
import { vendorAttributes } from '../packet/vendor-specific.ts';
import { Type } from '../packet/constants.ts';

/** The user's device as the NAS tells it, printable; null if the request does not. */
export function deviceOf({ attributes }: Packet, attribute: DeviceAttribute | undefined): string | null {
  if (!attribute) return null;
  const value = attribute.vendor === 0 ? firstValue(attributes, attribute.type) : vendorValue(attributes, attribute);
  return value === undefined || value.length === 0 ? null : printable(value);
}

function vendorValue(attributes: Packet['attributes'], wanted: DeviceAttribute): Buffer | undefined {
  for (const { type, value } of attributes) {
    if (type !== Type.vendorSpecific) continue;
    const found = vendorAttributes(value)?.find((one) => one.vendor === wanted.vendor && one.type === wanted.type);
    if (found) return found.value;
  }
  return undefined;
}
