import type { SmppOptions } from '../../src/deliver/smpp.ts';
import { FakeClock } from './fake-clock.ts';

/** An SMSC on this host, and a client that takes no answers. */
export function smppOptions(port: number, more: Partial<SmppOptions> = {}): SmppOptions {
  return {
    host: '127.0.0.1',
    port,
    tls: false,
    ca: undefined,
    systemId: 'radgate',
    password: 'secret',
    systemType: '',
    enquireEvery: 30_000,
    onReceipt: () => Promise.resolve(),
    onText: undefined,
    onTrouble: () => undefined,
    clock: new FakeClock(),
    ...more,
  };
}
