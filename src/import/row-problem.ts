import type { Place } from './token-row.ts';

/** Why a row, or what follows it in the file, can't be imported. */
export interface RowProblem {
  readonly place: Place;
  /** What is wrong and what would be right; never a secret. */
  readonly message: string;
}

/** Tells problems from the rows among which an importer gives them. */
export function isProblem(row: object): row is RowProblem {
  return 'message' in row;
}
