/** Where a provider that calls asks what to say, and posts the keys: below `[web] url`. @param name of the `[[provider]]` */
export function callPath(name: string): string {
  return `/calls/${encodeURIComponent(name)}`;
}
