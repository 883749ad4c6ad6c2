import { systemClock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import { buildProvider } from '../deliver/build-provider.ts';
import { DeliveryWorker } from '../deliver/worker.ts';
import type { Logger } from '../observe/logger.ts';
import { buildPush } from './build-push.ts';
import { randomOctets } from '../random.ts';
import type { Store } from '../store/store.ts';

/** What sends the messages of the outbox by the `[[provider]]`s. */
export function buildWorker(config: Config, store: Store, logger: Logger): DeliveryWorker {
  const { concurrency: most, lease, poll, keep } = config.deliver;
  const onReceipt: DeliveryWorker['noteReceipt'] = (receipt) => worker.noteReceipt(receipt);
  const pagesAt = config.web.listen ? config.web.url : undefined;
  const push = buildPush(config, store, logger);
  const worker = new DeliveryWorker({
    store,
    providers: [
      ...config.provider.map((provider) => buildProvider(provider, { clock: systemClock, onReceipt, pagesAt })),
      ...(push ? [push] : []),
    ],
    concurrency: { sms: most, voice: most, email: most, notify: most, push: most },
    clock: systemClock,
    logger,
    random: randomOctets,
    lease,
    poll,
    keep,
  });
  return worker;
}
