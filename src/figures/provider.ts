import { Tally } from './tally.ts';
import type { Timings } from './timings.ts';

/** What is known of one `[[provider]]`. */
export interface ProviderFigures {
  readonly provider: string;
  /** False while it has failed so often that others are asked before it. */
  readonly isUp: boolean;
  /** Calls by channel and what became of them: `sent`, `refused`, `unsure`. */
  readonly calls: Tally;
  /** How long its calls took, whatever became of them. */
  readonly took: Timings;
}

/** Calls of a provider that has these channels, none yet. */
export function newCalls(channels: readonly string[]): Tally {
  const tally = new Tally(['channel', 'result']);
  for (const channel of channels) for (const result of ['sent', 'refused', 'unsure']) tally.declare(channel, result);
  return tally;
}
