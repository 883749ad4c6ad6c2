import type { Config } from '../../config/schema.ts';
import { authority } from '../../config/authority.ts';
import { OperatorError } from '../../errors.ts';
import type { Checked } from './checked.ts';
import { addressOf, reach, Unusable } from './reach.ts';

export interface CheckedReceiver extends Checked {
  readonly name: string;
}

/** How long each step may take, in milliseconds. */
const patience = 8_000;

/** Tries the way to a `[[siem]]`. Nothing is sent. */
export async function checkReceiver(siem: Config['siem'][number]): Promise<CheckedReceiver> {
  const { name } = siem;
  try {
    return { name, ok: true, message: await seen(siem) };
  } catch (error) {
    if (error instanceof Unusable || error instanceof OperatorError) return { name, ok: false, message: error.message };
    throw error;
  }
}

async function seen({ transport, server, ca_file }: Config['siem'][number]): Promise<string> {
  if (transport === 'stdout' || !server) return 'goes to standard output';
  if (transport === 'tcp') return reach(server, patience);
  if (transport === 'tls') return reach({ ...server, tls: { ca: authority(ca_file) } }, patience);
  const address = await addressOf(server.host, patience);
  return `is ${address}; by UDP nothing answers, so whether messages arrive is seen there alone`;
}
