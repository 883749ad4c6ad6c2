import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import type { ValueType } from '../row.ts';

/**
 * An IP address in its shortest form, with its zone (`%eth0`) if it has one; an IPv4 address that is mapped into IPv6 becomes IPv4
 * (RFC 4291 §2.5.5.2). @returns undefined if it isn't an address, nor one in the strict notation: four decimal numbers
 */
export function canonicalIp(text: string): string | undefined {
  if (isIP(text) === 0) return undefined;
  const [address = '', zone] = text.split('%');
  const canonical = ipaddr.process(address).toString();
  return zone === undefined || !isIPv6(canonical) ? canonical : `${canonical}%${zone}`;
}

const must = 'must be an IP address in quotes without a port, such as "192.0.2.2" or "2001:db8::2"';

/** An address of this host. */
export const localAddress: ValueType<string> = {
  notation: 'IP address',
  schema: z.string(must).transform((text, context) => {
    const address = canonicalIp(text);
    if (address !== undefined) return address;
    context.addIssue(must);
    return z.NEVER;
  }),
};
