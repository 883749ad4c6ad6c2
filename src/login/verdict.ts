import type { Granted } from '../packet/granted.ts';
import type { Outcome } from './outcome.ts';

/** How a request is answered. `text` is for Reply-Message. */
export type Verdict =
  | { readonly kind: 'accept'; readonly outcome: Outcome; readonly granted: readonly Granted[] }
  | {
      readonly kind: 'reject';
      readonly outcome: Outcome;
      /** What an upstream's Access-Reject carried. */
      readonly relayed: readonly Granted[];
      readonly text: string | null;
    }
  | {
      readonly kind: 'challenge';
      readonly outcome: Outcome;
      readonly text: string | null;
      /** What an upstream's Access-Challenge carried. */
      readonly relayed: readonly Granted[];
      readonly state: Buffer;
    }
  | { readonly kind: 'silence'; readonly outcome: Outcome };
