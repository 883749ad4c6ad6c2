import { Tally } from './tally.ts';
import type { Timings } from './timings.ts';

const asked = ['answered', 'silent', 'failed', 'full'] as const;

/** What became of questions to a server. */
export type Asked = (typeof asked)[number];

/** What is known of one server behind radgate. */
export interface UpstreamFigures {
  /** Its address, as in the config. */
  readonly server: string;
  /** Whether it answered when it was last asked. */
  readonly isUp: boolean;
  /** Whether the next login may hope for an answer: it is up, or its turn to be tried again has come. */
  readonly isHopeful: boolean;
  /** Questions that it has not answered yet. */
  readonly outstanding: number;
  /** Questions by what became of them (`Asked`), each counted once however often it was sent. */
  readonly asked: Tally;
  /** How long answers took. */
  readonly took: Timings;
}

/** Questions to one server, none yet. */
export function newAsked(): Tally {
  const tally = new Tally(['result']);
  for (const result of asked) tally.declare(result);
  return tally;
}
