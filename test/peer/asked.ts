import { parsePacket, type RawPacket } from './packet-bytes.ts';
import type { Peer, UdpClient } from './udp-client.ts';

/** A request as a home server got it, and its way back. */
export interface Asked extends RawPacket {
  readonly from: Peer;
}

/** The next one. */
export async function asked(server: UdpClient): Promise<Asked> {
  const { bytes, from } = await server.next();
  return { ...parsePacket(bytes), from };
}
