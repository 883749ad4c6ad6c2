/** A whole number in decimal. @returns undefined if it is none, or not within its bounds */
export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const digits = text.trim();
  if (!/^[+-]?[0-9]{1,16}$/.test(digits)) return undefined;
  const value = Number(digits);
  return value >= least && value <= most ? value : undefined;
}
