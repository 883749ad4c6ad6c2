import type { Carrier } from '../policy/carrier.ts';
import type { Envelope } from '../store/outbox.ts';

/** A message on its way to a provider. */
export interface Message extends Envelope {
  /** Random and the same at every try: providers that know it send the message once. */
  readonly id: string;
  readonly method: Carrier;
  /** What it is to come from; undefined leaves it to the provider. */
  readonly from: string | undefined;
}

export type SendResult =
  /** The provider has taken it on. `providerId` is the provider's own name for it. */
  | { readonly kind: 'sent'; readonly providerId: string | null }
  /**
   * It was not taken. `permanent`: this provider never will take this message; another may. `retryAfter`: it wants to be left alone for so many
   * milliseconds. `toAll`: nothing of the message got there, so it would be the same for any other. `why` never holds the message, and no secret.
   */
  | {
      readonly kind: 'refused';
      readonly why: string;
      readonly permanent: boolean;
      readonly retryAfter?: number;
      readonly toAll?: true;
    }
  /** There was no answer, or none that says whether it was taken. */
  | { readonly kind: 'unsure'; readonly why: string };

/** A way to a provider: one file per kind. */
export interface Channel {
  /** Makes ready for what comes in by it; absent where nothing does. */
  open?(): void;
  /** Sends one message, and ends within `patience` milliseconds. It throws nothing: what goes wrong is a result. */
  send(message: Message, patience: number): Promise<SendResult>;
  close(): Promise<void>;
}

/** A channel and what the config says of its use. */
export interface Provider {
  readonly name: string;
  readonly methods: readonly Carrier[];
  readonly channel: Channel;
  /** How long one call may take, in milliseconds. */
  readonly timeout: number;
  readonly senders: readonly Sender[];
}

/** What messages to numbers of some prefix come from. */
export interface Sender {
  /** "+33"; "" for all that have no other. */
  readonly prefix: string;
  readonly sender: string;
}

export function refused(why: string, permanent: boolean, retryAfter?: number): SendResult {
  return { kind: 'refused', why, permanent, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/** The provider can't be reached, or does not know radgate: nothing that the message is or says has to do with it. */
export function refusedToAll(why: string): SendResult {
  return { kind: 'refused', why, permanent: false, toAll: true };
}

export function unsure(why: string): SendResult {
  return { kind: 'unsure', why };
}
