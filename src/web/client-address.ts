import { BlockList, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The networks of the proxies that may say whom they speak for. @param networks addresses and CIDRs in canonical form */
export function trustedNetworks(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/**
 * Who asks: the peer, or if that is a trusted proxy the rightmost address of X-Forwarded-For that isn't one. What stands left of it is
 * whatever the client wrote. An entry that is no address ends the search at the proxy that passed it on.
 */
export function clientAddress(peer: string, forwardedFor: string | undefined, trusted: BlockList): string {
  let address = canonical(peer) ?? peer;
  for (const entry of (forwardedFor ?? '').split(',').toReversed()) {
    if (!isTrusted(address, trusted)) return address;
    const next = canonical(entry.trim());
    if (next === undefined) return address;
    address = next;
  }
  return address;
}

function isTrusted(address: string, trusted: BlockList): boolean {
  return trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** An IPv4 address that is mapped into IPv6 becomes IPv4 (RFC 4291 §2.5.5.2); a zone is left out. */
function canonical(text: string): string | undefined {
  const [address = ''] = text.split('%');
  return ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)
    ? ipaddr.process(address).toString()
    : undefined;
}
