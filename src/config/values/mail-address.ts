import * as z from 'zod';
import type { ValueType } from '../row.ts';

const must = 'must be an e-mail address, such as "security@corp.example"';

/** One address and nothing that a mail's header could take for more. */
export const mailAddress: ValueType<string> = {
  notation: '`"NAME@HOST"`',
  schema: z
    .string(must)
    .max(254, must)
    .regex(/^[^\s@,;<>"\p{C}]+@[^\s@,;<>"\p{C}]+$/u, must),
};
