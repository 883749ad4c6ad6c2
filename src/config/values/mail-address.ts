import * as z from 'zod';
import { isMailAddress } from '../../policy/mail-address.ts';
import type { ValueType } from '../row.ts';

const must = 'must be an e-mail address, such as "security@corp.example"';

/** One e-mail address. */
export const mailAddress: ValueType<string> = {
  notation: '`"NAME@HOST"`',
  schema: z.string(must).refine(isMailAddress, must),
};
