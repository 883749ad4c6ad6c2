import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { serverEndpoint, type Endpoint } from './endpoint.ts';

const must = 'must be "host:port", such as "mail.example:587" or "[2001:db8::5]:2775"';

/** Where to send, of a service that has no port of its own: the port must be there. */
export const serviceEndpoint: ValueType<Endpoint> = {
  notation: '`"host:port"` or `"[address]:port"`',
  schema: z.string(must).transform((text, context): Endpoint => {
    const read = /:\d{1,5}$/.test(text) ? serverEndpoint.schema.safeParse(text) : undefined;
    if (read?.success) return read.data;
    context.addIssue(must);
    return z.NEVER;
  }),
};
