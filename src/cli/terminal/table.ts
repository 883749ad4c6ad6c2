import { displayWidth } from './display-width.ts';

const gap = 2;
/** A column is not made narrower than this. */
const narrowest = 8;

export interface TableOptions {
  /** Columns of the terminal; cells of names are cut to make the table fit. Infinity cuts nothing. */
  readonly width: number;
  /** Which columns may be cut, by index. */
  readonly cut: readonly number[];
}

/** A table as lines, its header in capitals. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { width, cut }: TableOptions,
): string[] {
  const lines = [header.map((name) => name.toUpperCase()), ...rows];
  const widths = header.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, displayWidth(line[column] ?? '')), 0),
  );
  fit(widths, width, cut);
  return lines.map((line) =>
    line
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Columns of the terminal that standard output is; where it is none, nothing has to fit. */
export function outputWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Infinity;
}

/** Takes what is too wide from the widest column that may be cut, one by one. */
function fit(widths: number[], width: number, cut: readonly number[]): void {
  const total = (): number => widths.reduce((sum, each) => sum + each, gap * (widths.length - 1));
  while (total() > width) {
    const widest = cut.reduce((found, column) => ((widths[column] ?? 0) > (widths[found] ?? 0) ? column : found), -1);
    const now = widths[widest] ?? 0;
    if (now <= narrowest) return;
    widths[widest] = now - 1;
  }
}

function padded(cell: string, width: number): string {
  let shown = cell;
  if (displayWidth(cell) > width) {
    const characters = Array.from(cell);
    while (displayWidth(characters.join('')) > width - 1) characters.pop();
    shown = `${characters.join('')}…`;
  }
  return shown + ' '.repeat(width - displayWidth(shown));
}
