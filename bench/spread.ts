/** The median of measurements, with the lowest and the highest. @param digits after the point */
export function spread(values: readonly number[], digits = 1): string {
  const sorted = values.toSorted((a, b) => a - b);
  const shown = (value = Number.NaN): string => value.toFixed(digits);
  return `${shown(sorted[Math.floor(sorted.length / 2)])} (${shown(sorted[0])} to ${shown(sorted.at(-1))})`;
}
