import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { Secret } from '../secret.ts';

const must = 'must be text in quotes';

/** The secret that a RADIUS client and server share; RFC 2865 §3 forbids an empty one and wants 16 octets or more. */
export const sharedSecret: ValueType<Secret> = {
  notation: 'secret',
  schema: z
    .string(must)
    .min(1, 'must not be empty')
    .transform((text) => new Secret(text)),
  secret: { weakBelow: 16 },
};
