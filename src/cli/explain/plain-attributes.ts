import type { Granted } from '../../packet/granted.ts';
import type { Attribute } from '../../packet/packet.ts';

/** Those that are not encrypted for the client: keys and passwords are not shown. */
export function plainAttributes(granted: readonly Granted[]): Attribute[] {
  return granted.flatMap((one) => (one.kind === 'plain' ? [{ type: one.type, value: one.value }] : []));
}
