import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { Endpoint } from '../../config/values/endpoint.ts';
import { OperatorError } from '../../errors.ts';
import { canonicalAddress } from '../../nas/address.ts';

/** The address that this host sends from to a server, canonical. @throws OperatorError 'no-answer' if there is no way to it */
export async function localAddressTo({ host, port }: Endpoint): Promise<string> {
  try {
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    try {
      socket.connect(port, address);
      await once(socket, 'connect');
      return canonicalAddress(socket.address().address);
    } finally {
      socket.close();
    }
  } catch (error) {
    throw new OperatorError('no-answer', `there is no way to ${host}: ${String(error)}`, { cause: error });
  }
}
