import type { Clock } from '../clock.ts';
import { refused, type Channel, type Message, type SendResult } from '../deliver/channel.ts';
import { sendPush, type PushSender } from './send-push.ts';
import { read } from './subscriptions.ts';

export interface PushChannelOptions {
  readonly sender: () => Promise<PushSender>;
  readonly clock: Clock;
  /** Random octets. */
  readonly random: (size: number) => Buffer;
  /** Told of a subscription that its push service says is over. */
  readonly onGone: (deviceId: string, endpoint: string) => void;
}

/** How long a push service may keep a message for a phone that is away, in seconds: a login waits no longer for its answer. */
const ttl = 60;
/** Characters of a text, at most: a message is one record (RFC 8291 §4). */
const longest = 600;

/** Notices to the app page on a phone, by the push service of its browser, which can't read them. */
export class PushChannel implements Channel {
  readonly #options: PushChannelOptions;

  constructor(options: PushChannelOptions) {
    this.#options = options;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    const { sender, clock, random, onGone } = this.#options;
    const [deviceId, subscription] = JSON.parse(message.to) as [string, string];
    const to = read(subscription);
    const notice = { title: message.subject ?? '', text: message.text.slice(0, longest), language: message.language };
    const chance = { privateKey: ephemeralKey(random), salt: random(16) };
    try {
      const from = await sender();
      const result = await sendPush(Buffer.from(JSON.stringify(notice)), to, from, chance, ttl, patience, clock.wall());
      // The user's browser named the push service: where it can't be reached, others may.
      if (result.kind === 'refused') return refused(result.why, result.permanent, result.retryAfter);
      if (result.kind !== 'gone') return result;
      onGone(deviceId, to.endpoint);
      return refused('the browser has ended its subscription: the app page makes a new one when it is opened', true);
    } catch (error) {
      // A key that the page gave and that is no point of the curve.
      return refused(`it cannot be encrypted: ${error instanceof Error ? error.message : String(error)}`, true);
    }
  }

  async close(): Promise<void> {
    // fetch keeps no connection that would keep the process.
  }
}

/** 32 octets below the order of P-256, which begins with 0xffffffff: a first octet below 0xff is enough. */
function ephemeralKey(random: (size: number) => Buffer): Buffer {
  for (;;) {
    const key = random(32);
    if (key[0] !== 0xff && key.some((octet) => octet !== 0)) return key;
  }
}
