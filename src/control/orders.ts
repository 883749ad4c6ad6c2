import * as z from 'zod';
import type { TraceEvent } from '../trace/trace-event.ts';
import type { Reloaded } from './reloaded.ts';

/** What a running service does for commands on this host. */
export interface Orders {
  readonly reload: () => Reloaded;
  /** What /healthz tells, as JSON. */
  readonly health: () => Promise<object>;
  /** @param tell must not wait @returns what ends it; undefined if as many follow already as may */
  readonly follow: (wish: TraceWish, tell: (event: TraceEvent) => void) => (() => void) | undefined;
}

/** Whose logins are wanted: all, without either. */
export const traceWish = z.strictObject({ client: z.string().optional(), skeleton: z.string().optional() });

export type TraceWish = z.infer<typeof traceWish>;

/** The first words of what a command sends; a line feed ends it. */
export const order = { reload: 'reload', health: 'health', trace: 'trace ' } as const;
