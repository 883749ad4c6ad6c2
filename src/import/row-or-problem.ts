import { RowRefused } from './refusals.ts';
import type { RowProblem } from './row-problem.ts';
import type { Place } from './token-row.ts';

/** A row, or why it was refused. */
export function rowOrProblem<Row>(place: Place, read: () => Row): Row | RowProblem {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowRefused) return { place, message: error.message };
    throw error;
  }
}
