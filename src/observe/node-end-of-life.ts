/** When each release line of Node stops getting security fixes: nodejs.org, "Releases". Lines with odd numbers end after half a year. */
const ends: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};

/**
 * What an administrator should know of the Node that radgate runs on: undefined while it gets security fixes, or is newer than what is known here.
 * @param version as process.version: `v20.19.0` @param now milliseconds since 1970 UTC
 */
export function nodeEndOfLife(version: string, now: number): string | undefined {
  const end = ends[Number(/^v(\d+)\./.exec(version)?.[1])];
  if (end === undefined || now < Date.parse(end)) return undefined;
  return `Node ${version} gets no security fixes since ${end}: run radgate on Node 24 or later`;
}
