import { RowRefused } from '../refusals.ts';

/** A value as Excel was made to keep its leading zeros: `="00123"` is 00123. */
export function withoutFormula(value: string): string {
  return /^="([^"]*)"$/.exec(value)?.[1] ?? value;
}

/**
 * Refuses what Excel makes of a long number, `1.23E+11`: its last digits are lost.
 * @param name what it is, for the problem
 * @throws RowRefused
 */
export function refuseScientific(value: string, name: string): void {
  if (/^[0-9]+(?:[.,][0-9]+)?e[+-][0-9]+$/i.test(value))
    throw new RowRefused(
      `The ${name} was damaged by a spreadsheet, which wrote it as 1.23E+11 and lost its last digits: import the file as it came, or format the column as text before the numbers are filled in.`,
    );
}
