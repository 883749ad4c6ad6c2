import { BlockList, isIPv6 } from 'node:net';
import { canonicalAddress } from '../nas/address.ts';

/** Proxies whose word on who asks is taken. */
export function trustedProxies(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/**
 * Who asks: the connection's other end, or behind trusted proxies the last address of X-Forwarded-For that is none of them. What stands before it
 * was written by whoever asked.
 */
export function clientAddress(
  socketAddress: string,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  let last = canonicalAddress(socketAddress);
  const hops = (forwardedFor ?? '').slice(-2_000).split(',').toReversed();
  for (const hop of hops) {
    if (!isTrusted(last)) return last;
    const address = readAddress(hop.trim());
    if (address === undefined) return last;
    last = address;
  }
  return last;
}

/** An address, behind which some proxies write the port: `192.0.2.7:4711`, `[2001:db8::7]:4711`. */
function readAddress(text: string): string | undefined {
  const [, v6, v4] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(text) ?? [];
  try {
    return canonicalAddress(v6 ?? v4 ?? text);
  } catch {
    return undefined;
  }
}
