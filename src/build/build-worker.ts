import { systemClock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import { buildProvider, type BuildOptions } from '../deliver/build-provider.ts';
import { DeliveryWorker } from '../deliver/worker.ts';
import type { Logger } from '../observe/logger.ts';
import { buildPush } from './build-push.ts';
import { randomOctets } from '../random.ts';
import type { Store } from '../store/store.ts';

/** What sends the messages of the outbox by the `[[provider]]`s. @param onText told of texts that come in by their connections */
export function buildWorker(
  config: Config,
  store: Store,
  logger: Logger,
  onText: BuildOptions['onText'],
): DeliveryWorker {
  const { concurrency: most, lease, poll, keep } = config.deliver;
  const onReceipt: DeliveryWorker['noteReceipt'] = (receipt) => worker.noteReceipt(receipt);
  const pagesAt = config.web.listen ? config.web.url : undefined;
  const onTrouble = (provider: string, why: string): void => logger.warn({ provider }, `SMPP: ${why}`);
  const built = { clock: systemClock, onReceipt, onText, onTrouble, pagesAt };
  const push = buildPush(config, store, logger);
  const worker = new DeliveryWorker({
    store,
    providers: [...config.provider.map((provider) => buildProvider(provider, built)), ...(push ? [push] : [])],
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
