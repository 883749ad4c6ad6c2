import type { DeviceAttribute } from '../policy/device-attribute.ts';
import { Type } from '../packet/constants.ts';
import type { Packet } from '../packet/packet.ts';
import { printable } from '../packet/printable.ts';
import { vendorAttributes } from '../packet/vendor-specific.ts';

/**
 * The user's device as the NAS tells it, as printable text. null if the request does not, if the attribute is empty, or if several contradict one
 * another: then nobody can tell, and no two requests are of one device.
 */
export function deviceOf(
  { attributes }: Pick<Packet, 'attributes'>,
  wanted: DeviceAttribute | undefined,
): string | null {
  if (!wanted) return null;
  const values =
    wanted.vendor === 0
      ? attributes.filter(({ type }) => type === wanted.type)
      : attributes
          .filter(({ type }) => type === Type.vendorSpecific)
          .flatMap(({ value }) => vendorAttributes(value) ?? [])
          .filter(({ vendor, type }) => vendor === wanted.vendor && type === wanted.type);
  const [device = '', another] = new Set(values.map(({ value }) => printable(withoutEnd(value))));
  return device === '' || another !== undefined ? null : device;
}

/** Microsoft's names may end with an octet of 0 ([MS-RNAP] §2.2.1.1), which is no part of them. */
function withoutEnd(value: Buffer): Buffer {
  let end = value.length;
  while (end > 0 && value[end - 1] === 0) end--;
  return value.subarray(0, end);
}
