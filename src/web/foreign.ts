/**
 * Whether a request that changes something was made by a page of another site. Browsers tell by Sec-Fetch-Site and Origin (Fetch standard
 * §3.2); what is no browser sends neither, and knows the token of the URL, which is all the right that there is: no cookie is ever used.
 * @param header finds a header by its name in small letters
 * @param own the origin of these pages
 */
export function isForeign(header: (name: string) => string | undefined, own: string): boolean {
  const site = header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return true;
  const origin = header('origin');
  if (origin !== undefined) return origin !== own;
  return site === undefined && header('cookie') !== undefined;
}
