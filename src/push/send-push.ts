import { refused, type SendResult } from '../deliver/channel.ts';
import { exchange, judgeStatus } from '../deliver/exchange.ts';
import { encryptPush, type PushKeys, type PushRandom } from './encrypt-push.ts';
import { pushEndpoint } from './push-endpoint.ts';
import { vapidHeader, type VapidKey } from './vapid.ts';

/** Where a device's browser takes messages, as its page gave it. */
export interface Subscription extends PushKeys {
  readonly endpoint: string;
}

/** radgate, as push services see it. */
export interface PushSender {
  readonly key: VapidKey;
  /** As `vapidHeader` takes it. */
  readonly contact: string;
  /** As `pushEndpoint` takes them. */
  readonly hosts: readonly string[];
}

/** `gone`: the browser has ended this subscription, and will take nothing at it again (RFC 8030 sections 7.3 and 8.2). */
export type PushResult = SendResult | { readonly kind: 'gone' };

/**
 * Sends one message by the push service of a browser (RFC 8030 section 5), which can't read it. The endpoint is judged
 * here too: the allowed hosts may have changed since it was stored.
 * @param ttl how long the service may keep it for a device that is away, in seconds
 * @param patience milliseconds
 * @param now milliseconds since 1970
 */
export async function sendPush(
  message: Buffer,
  to: Subscription,
  sender: PushSender,
  random: PushRandom,
  ttl: number,
  patience: number,
  now: number,
): Promise<PushResult> {
  const endpoint = pushEndpoint(to.endpoint, sender.hosts);
  if (endpoint === undefined) return refused('its push service is not an allowed one', true);
  const response = await exchange(
    {
      url: endpoint.href,
      method: 'POST',
      headers: {
        authorization: vapidHeader(endpoint, sender.contact, sender.key, now),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: String(ttl),
        urgency: 'high',
      },
      body: new Uint8Array(encryptPush(message, to, random)),
    },
    patience,
    now,
  );
  if (response.kind !== 'response') return response;
  if (response.status === 404 || response.status === 410) return { kind: 'gone' };
  return judgeStatus(response, undefined) ?? { kind: 'sent', providerId: null };
}
