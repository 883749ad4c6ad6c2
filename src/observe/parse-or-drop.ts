import { PacketError, parsePacket, type Packet } from '../packet/packet.ts';
import type { DropLog } from './drop-log.ts';

/** A datagram as one of the packets that belong on its port; undefined once it is told in the log that it is none. @param codes which belong there */
export function parseOrDrop(
  datagram: Buffer,
  address: string,
  drops: DropLog,
  codes: readonly number[],
): Packet | undefined {
  try {
    const packet = parsePacket(datagram);
    if (codes.includes(packet.code)) return packet;
    drops.drop(address, 'unexpected-code', `packet code ${packet.code} does not belong on this port`);
  } catch (error) {
    if (!(error instanceof PacketError)) throw error;
    drops.drop(address, error.malformation, error.message);
  }
  return undefined;
}
