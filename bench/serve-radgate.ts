import { join } from 'node:path';
import { serve, type Served, type Serving } from './served.ts';

const program = join(import.meta.dirname, '../src/main.js');

/** `radgate serve` with the radius.conf in a directory. @param node arguments of node */
export async function serveRadgate(serving: Serving, node: readonly string[] = []): Promise<Served> {
  return serve(process.execPath, [...node, program, 'serve', '-c', 'radius.conf'], serving);
}
