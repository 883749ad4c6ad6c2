import type { Carrier } from '../policy/carrier.ts';
import type { Envelope } from '../store/outbox.ts';
import type { Provider, SendResult } from './channel.ts';
import { chooseSender } from './choose-sender.ts';
import type { Circuit } from './circuit.ts';

/** A provider and how it has done lately. */
export interface Line {
  readonly provider: Provider;
  readonly circuit: Circuit;
}

/** What one provider came to. */
export interface Tried {
  readonly provider: string;
  readonly result: SendResult;
}

export interface SendOrder {
  readonly id: string;
  readonly method: Carrier;
  readonly envelope: Envelope;
  /** In the order of the config. */
  readonly lines: readonly Line[];
  /** When it must be over, on the monotonic clock, in milliseconds. */
  readonly deadline: number;
  readonly monotonic: () => number;
  /** Told of each call as it ends, and how long it took, in milliseconds. */
  readonly onTried: (tried: Tried, line: Line, took: number) => void;
}

/** No call is begun with less left, in milliseconds: it would only be unsure. */
const least = 200;

/**
 * Asks one provider after the other, each once, until one has taken the message; those that failed lately come last.
 * @returns what each said: the last one is 'sent' if one took it; those for whom no time was left are missing
 */
export async function sendInOrder(order: SendOrder): Promise<readonly Tried[]> {
  const { id, method, envelope, lines, deadline, monotonic, onTried } = order;
  const now = monotonic();
  const able = lines.filter(({ provider }) => provider.methods.includes(method));
  const sorted = [
    ...able.filter(({ circuit }) => !circuit.isLast(now)),
    ...able.filter(({ circuit }) => circuit.isLast(now)),
  ];
  const tried: Tried[] = [];
  for (const [i, line] of sorted.entries()) {
    const { name, channel, timeout, senders } = line.provider;
    const left = deadline - monotonic();
    if (left < least) break;
    // Those behind it must have a turn too.
    const patience = Math.min(timeout, Math.max(least, left / (sorted.length - i)));
    const message = { ...envelope, id, method, from: chooseSender(envelope.to, senders) };
    const began = monotonic();
    const result = await channel.send(message, patience);
    tried.push({ provider: name, result });
    onTried({ provider: name, result }, line, monotonic() - began);
    if (result.kind === 'sent') break;
  }
  return tried;
}
