import * as z from 'zod';

/** What a service says of a reload, as JSON. */
export const reloaded = z.union([
  /** `restart`: keys that differ and need a restart, such as "[listen] auth". */
  z.object({ ok: z.literal(true), config: z.string(), restart: z.array(z.string()) }),
  /** `why`: one line each, `file:line: what` where there is a place. The old config goes on. */
  z.object({ ok: z.literal(false), config: z.string(), why: z.array(z.string()) }),
]);

export type Reloaded = z.infer<typeof reloaded>;
