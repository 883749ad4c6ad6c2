import { encode } from 'uqr';

/** Modules around the code that stay white. */
const border = 2;
/** Black on white whatever the terminal's colours are, since a code of the wrong polarity is not read by all cameras. */
const colours = '\x1b[38;5;16;48;5;231m';
const reset = '\x1b[0m';

/** A QR code for a terminal: each line holds two rows of modules, as upper and lower halves of its characters. */
export function terminalQr(text: string): string[] {
  const { data, size } = encode(text, { ecc: 'L', border });
  const lines: string[] = [];
  for (let row = 0; row < size; row += 2) {
    const upper = data[row] ?? [];
    const lower = data[row + 1] ?? [];
    const cells = upper.map((dark, column) => half(dark, lower[column] ?? false)).join('');
    lines.push(`  ${colours}${cells}${reset}`);
  }
  return lines;
}

function half(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}
