import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { canonicalIp } from './ip.ts';

const must = 'must be an IP address or a CIDR in quotes, such as "192.0.2.10", "10.20.0.0/16" or "2001:db8::/48"';

/** An address, or a network as CIDR (RFC 4632 §3.1); in the Config in its shortest form, a network of one address without its prefix. */
export const network: ValueType<string> = {
  notation: 'IP address or CIDR',
  schema: z.string(must).transform((text, context) => {
    const read = readNetwork(text);
    if (read.problem === undefined) return read.network;
    context.addIssue(read.problem);
    return z.NEVER;
  }),
};

/** The length of a canonical network's prefix in bits. */
export function prefixOf(canonical: string): { readonly family: 4 | 6; readonly bits: number } {
  const family = canonical.includes(':') ? 6 : 4;
  const [, bits] = canonical.split('/');
  return { family, bits: bits === undefined ? addressBits(family) : Number(bits) };
}

type Read =
  { readonly network: string; readonly problem?: never } | { readonly network?: never; readonly problem: string };

function readNetwork(text: string): Read {
  if (text.includes('%')) return { problem: 'must be without its zone (what follows "%")' };
  const [address = '', given, more] = text.split('/');
  const canonical = canonicalIp(address);
  if (canonical === undefined || more !== undefined) return { problem: must };
  const family = canonical.includes(':') ? 6 : 4;
  if (given === undefined) {
    const every = { '0.0.0.0': '"0.0.0.0/0"', '::': '"::/0"' }[canonical];
    return every ? { problem: `names no client; every address of the family is ${every}` } : { network: canonical };
  }
  if (!/^\d{1,3}$/.test(given)) return { problem: must };
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8: the prefix counts the 96 bits in front too.
  const mappedBits = addressBits(isIP(address) === 6 ? 6 : 4) - addressBits(family);
  const bits = Number(given) - mappedBits;
  if (bits < 0 || bits > addressBits(family))
    return { problem: `must have a prefix from ${mappedBits} to ${mappedBits + addressBits(family)}` };
  const cidr = `${canonical}/${bits}`;
  const base = (family === 4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(cidr).toString();
  if (base !== canonical)
    return {
      problem: `has bits set beyond its prefix; the network is "${base}/${bits}", the one address "${canonical}"`,
    };
  return { network: bits === addressBits(family) ? canonical : cidr };
}

function addressBits(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}
