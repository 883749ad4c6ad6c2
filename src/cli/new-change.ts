import type { Change } from '../audit/change.ts';
import { randomOctets } from '../random.ts';

/** A change that a command makes now, for the audit. @param command such as "user reset" */
export function newChange(command: string): Change {
  return { id: randomOctets(8).toString('hex'), command, at: Date.now() };
}
