import * as z from 'zod';
import type { ValueType } from '../row.ts';

const must = 'must be letters, digits, "_" and "-" with the place {user}, such as "radgate-4f2a-{user}"';

/** A topic for each user. */
export const ntfyTopic: ValueType<string> = {
  notation: '`"NAME-{user}"`',
  schema: z.string(must).regex(/^[\w-]{0,40}\{user\}[\w-]{0,40}$/, must),
};
