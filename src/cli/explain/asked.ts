import type { Protocol } from '../../policy/policy.ts';

/** Who logs in, where, when and how. */
export interface Asked {
  readonly user: string;
  readonly client: string;
  readonly protocol: Protocol;
  readonly isChange: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
}
