// A process of its own that sends what is in a store's outbox to a gateway: killed and started anew by deliver-kill.test.ts.
import { pino } from 'pino';
import { systemClock } from '../../src/clock.ts';
import { HttpChannel } from '../../src/deliver/http.ts';
import { DeliveryWorker } from '../../src/deliver/worker.ts';
import { randomOctets } from '../../src/random.ts';
import { httpOptions } from './http-options.ts';
import { openStoreIn } from './scratch-store.ts';

const [, , dir = '', url = '', lease = ''] = process.argv;
const store = await openStoreIn(dir);
const options = httpOptions(url, { form: 'id={id}&code={code}' });
const worker = new DeliveryWorker({
  store,
  providers: [
    { name: 'gateway', methods: ['sms'], channel: new HttpChannel(options, systemClock), timeout: 5_000, senders: [] },
  ],
  concurrency: { sms: 8, voice: 8, email: 8, notify: 8, push: 8 },
  clock: systemClock,
  logger: pino({ level: 'silent' }),
  random: randomOctets,
  lease: Number(lease),
  poll: 100,
  keep: 3_600_000,
});
worker.start();
process.stdin.resume();
process.stdin.once('end', () => {
  void worker.stop(5_000).then(() => store.close());
});
