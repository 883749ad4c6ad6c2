import { systemClock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import type { Provider } from '../deliver/channel.ts';
import type { Logger } from '../observe/logger.ts';
import { loadPushKey } from '../push/load-push-key.ts';
import { PushChannel } from '../push/push-channel.ts';
import type { PushSender } from '../push/send-push.ts';
import { dropSubscription } from '../push/subscriptions.ts';
import { vapidKeyOf } from '../push/vapid.ts';
import { randomOctets } from '../random.ts';
import type { Store } from '../store/store.ts';

/** What reports call it. */
const name = 'push';
/** How long a push service may take for one message, in milliseconds. */
const timeout = 8_000;

/** The way to the app page on phones; undefined if `[approval] push` is off or there is no page. */
export function buildPush({ approval, web }: Config, store: Store, logger: Logger): Provider | undefined {
  const { url } = web;
  if (!approval.push || url === undefined) return undefined;
  let known: PushSender | undefined;
  const sender = async (): Promise<PushSender> =>
    (known ??= { key: vapidKeyOf(await store.run(loadPushKey, null)), contact: url, hosts: approval.push_hosts });
  const channel = new PushChannel({
    sender,
    clock: systemClock,
    random: randomOctets,
    onGone: (deviceId, endpoint) => {
      store
        .run(dropSubscription, { deviceId, endpoint })
        .catch((error: unknown) => logger.warn({ err: error }, 'a subscription that is over could not be forgotten'));
    },
  });
  return { name, methods: ['push'], channel, timeout, senders: [] };
}
