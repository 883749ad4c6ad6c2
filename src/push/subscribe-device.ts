import { checkRequest, type DeviceRequest } from '../device/check-request.ts';
import type { Transaction } from '../store/store.ts';
import type { Subscription } from './send-push.ts';
import { keepSubscription } from './subscriptions.ts';

export interface SubscribeInput extends DeviceRequest {
  readonly endpoint: string;
  /** As the browser has them: 65 and 16 octets. */
  readonly publicKey: Uint8Array;
  readonly authSecret: Uint8Array;
}

/** Keeps where a phone takes messages: its key has signed all of it. */
export const subscribeDevice: Transaction<SubscribeInput, 'kept' | 'unknown-device' | 'refused'> = {
  name: 'subscribe-device',
  access: 'write',
  run: async (context, input) => {
    const subscription: Subscription = {
      endpoint: input.endpoint,
      publicKey: Buffer.from(input.publicKey),
      authSecret: Buffer.from(input.authSecret),
    };
    const fields = [
      subscription.endpoint,
      subscription.publicKey.toString('base64url'),
      subscription.authSecret.toString('base64url'),
    ];
    const checked = await checkRequest(context, input, 'subscription', fields);
    if (checked.kind !== 'known') return checked.kind;
    await keepSubscription(context, input.device, subscription, input.now);
    return 'kept';
  },
};
