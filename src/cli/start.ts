import type { ConfigProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';

/** What the service is started with. */
export interface Start {
  readonly config: Config;
  readonly warnings: readonly ConfigProblem[];
  /** Tells the person at the terminal what there is, once it listens. */
  readonly greet?: (listening: readonly string[]) => void;
}
