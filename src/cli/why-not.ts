/** Why a server can't be reached, in an operator's words. @param why the system's own words */
export function whyNot(why: string): string {
  if (why.includes('ECONNREFUSED')) return 'connection refused: the host is there, but nothing listens on this port';
  if (/ENOTFOUND|EAI_AGAIN/.test(why)) return `its name cannot be looked up (${why})`;
  return why;
}
