/** The most characters of an endpoint. */
export const maxEndpointLength = 1024;

const loopback: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * An endpoint that a page gave, if radgate may send to it: it comes from outside, and must not name a server of the
 * inner network. https on its usual port, or for an allowed host on loopback http and any port.
 * @param hosts as policy/push-services.ts has them
 */
export function pushEndpoint(text: string, hosts: readonly string[]): URL | undefined {
  if (text.length > maxEndpointLength || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  if (!hosts.some((host) => matches(url.hostname, host))) return undefined;
  if (loopback.includes(url.hostname)) return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
  return url.protocol === 'https:' && url.port === '' ? url : undefined;
}

function matches(name: string, host: string): boolean {
  if (!host.startsWith('*.')) return name === host;
  return name.length > host.length - 1 && name.endsWith(host.slice(1));
}
