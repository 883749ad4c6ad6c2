const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** A size for people: 999 octets, 1.0 kB, 12.3 MB. */
export function formatSize(octets: number): string {
  if (octets < 1_000) return `${octets} octets`;
  const power = Math.min(units.length, Math.floor(Math.log10(octets) / 3));
  return `${(octets / 1_000 ** power).toFixed(1)} ${units[power - 1]}`;
}
