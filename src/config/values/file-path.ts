import { resolve } from 'node:path';
import * as z from 'zod';
import type { ValueType } from '../row.ts';

const must = 'must be the path of a file, in quotes';

/** A file; absolute in the Config. */
export const filePath: ValueType<string> = {
  notation: 'path',
  schema: z.string(must).regex(/^[^\0]*[^\0/]$/, must),
  resolve: (path, dir) => resolve(dir, path),
};
