import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An address as it is compared, logged and remembered: without a zone, shortest form, an IPv4 one mapped into IPv6 as IPv4 (RFC 4291 §2.5.5.2). */
export function canonicalAddress(address: string): string {
  // Four decimal numbers without leading zeros are in that form already, as most datagrams' addresses are.
  return isIPv4(address) ? address : ipaddr.process(withoutZone(address)).toString();
}

/** A network as its family, the octets of its address (4 or 16) and its prefix length in bits. */
export interface Network {
  readonly octets: readonly number[];
  readonly prefix: number;
}

/** Reads an address or CIDR. @throws Error if it is neither */
export function parseNetwork(text: string): Network {
  if (!text.includes('/')) {
    const octets = addressOctets(text);
    return { octets, prefix: octets.length * 8 };
  }
  const [address, prefix] = ipaddr.parseCIDR(text);
  const v6 = address.kind() === 'ipv6' ? (address as ipaddr.IPv6) : undefined;
  if (v6?.isIPv4MappedAddress() && prefix >= 96)
    return { octets: v6.toIPv4Address().toByteArray(), prefix: prefix - 96 };
  return { octets: address.toByteArray(), prefix };
}

/** The octets of an address: 4, or 16 for IPv6 proper. @throws Error if it isn't one */
export function addressOctets(address: string): readonly number[] {
  return ipaddr.process(withoutZone(address)).toByteArray();
}

/** Whose an address is, to count by: an IPv6 host has a whole /64 to ask from (RFC 4291 §2.5.4). @param address canonical; what is none stands for itself */
export function hostOf(address: string): string {
  return isIPv6(address) ? ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone(address)}/64`).toString() : address;
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}
