import type { Attribute } from '../../src/packet/packet.ts';
import { vendorSpecific } from '../../src/packet/vendor-specific.ts';

/** Cisco's cisco-av-pair. */
export function avPair(text: string): Attribute {
  return vendorSpecific({ vendor: 9, type: 1, value: Buffer.from(text) });
}
