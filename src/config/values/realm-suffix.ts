import * as z from 'zod';
import { foldUserName } from '../../policy/user-name.ts';
import type { ValueType } from '../row.ts';

const must =
  'must be the realm alone, without "@" or another separator, such as "partner.example" or "PARTNER", at most 200 octets';

/** A realm as names are compared: case folded, NFKC. */
export const realmSuffix: ValueType<string> = {
  notation: 'realm, 1 to 200 octets',
  schema: z.string(must).transform((text, context) => {
    const folded = foldUserName(text)?.folded;
    if (folded !== undefined && Buffer.byteLength(text) <= 200 && /^[^\\/@%.]+(\.[^\\/@%.]+)*$/.test(folded))
      return folded;
    context.addIssue(must);
    return z.NEVER;
  }),
};
