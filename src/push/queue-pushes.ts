import type { HostTime } from '../store/host-time.ts';
import { queueMessage } from '../store/outbox.ts';
import type { TransactionContext } from '../store/store.ts';
import { subscriptionsOf, written } from './subscriptions.ts';

/** What a user's devices are told of. */
export interface PushNotice {
  readonly userId: string;
  /** Random: names the messages, one of which goes to each device. */
  readonly outboxId: string;
  /** What it is about; one message at most for each device. */
  readonly about: string;
  readonly client: string;
  readonly title: string;
  readonly text: string;
  readonly language: string;
  readonly time: HostTime;
  /** How long it is of use, in milliseconds. */
  readonly lifetime: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Queues a notice for every device of a user that takes messages; part of the transaction that it tells of. @returns how many */
export async function queuePushes(context: TransactionContext, notice: PushNotice): Promise<number> {
  const devices = await subscriptionsOf(context, notice.userId);
  for (const [index, { deviceId, ...subscription }] of devices.entries())
    await queueMessage(context, {
      id: `${notice.outboxId}${index}`,
      challengeId: `${notice.about}-${deviceId}`,
      userId: notice.userId,
      method: 'push',
      target: new URL(subscription.endpoint).hostname,
      client: notice.client,
      envelope: {
        to: JSON.stringify([deviceId, written(subscription)]),
        extension: null,
        text: notice.text,
        subject: notice.title,
        code: '',
        language: notice.language,
      },
      time: notice.time,
      lifetime: notice.lifetime,
      createdAt: notice.now,
    });
  return devices.length;
}
