/** Country codes of one and two digits: ITU-T E.164 annex A, list of 2016. All others have three. */
const short = new Set(
  (
    '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 ' +
    '81 82 84 86 90 91 92 93 94 95 98'
  ).split(' '),
);

/** The country code of a number in E.164, with its plus: `+33`. */
export function countryPrefix(number: string): string {
  const digits = number.slice(1);
  const size = [1, 2].find((length) => short.has(digits.slice(0, length))) ?? 3;
  return `+${digits.slice(0, size)}`;
}

/** The longest of the prefixes that a number begins with. */
export function longestPrefix(number: string, prefixes: readonly string[]): string | undefined {
  return prefixes
    .filter((prefix) => number.startsWith(prefix))
    .reduce<string | undefined>((best, prefix) => (best && best.length >= prefix.length ? best : prefix), undefined);
}
