import type { Tally } from './tally.ts';
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
