import ipaddr from 'ipaddr.js';
import type { Definition } from './dictionary.ts';
import { printable } from './printable.ts';

/** One data type (RFC 8044) as text and back: both ways undefined for what doesn't fit. */
export interface Format {
  /** For error messages: what `parse` takes. */
  readonly takes: string;
  readonly print: (value: Buffer) => string | undefined;
  readonly parse: (text: string) => Buffer | undefined;
}

const text: Format = { takes: 'text', print: printable, parse: (value) => Buffer.from(value, 'utf8') };

const octets: Format = {
  takes: 'text, or octets as 0x and pairs of hexadecimal digits',
  print: hexOf,
  parse: (value) => {
    if (!value.startsWith('0x')) return Buffer.from(value, 'utf8');
    return /^0x(?:[0-9a-f]{2})+$/i.test(value) ? Buffer.from(value.slice(2), 'hex') : undefined;
  },
};

const date: Format = {
  takes: 'a time such as 2026-01-31T23:59:59Z, from 1970 to 2106',
  print: (value) => (value.length === 4 ? utc(value.readUInt32BE(0)) : undefined),
  parse: (value) => {
    const seconds = Date.parse(value) / 1000;
    // Date.parse takes many other forms, and the 30th of February.
    return seconds >= 0 && seconds <= 0xffffffff && utc(seconds) === value ? unsigned(BigInt(seconds), 4) : undefined;
  },
};

const ipv4: Format = {
  takes: 'an IPv4 address',
  print: (value) => (value.length === 4 ? address(value) : undefined),
  parse: (value) =>
    ipaddr.IPv4.isValidFourPartDecimal(value) ? Buffer.from(ipaddr.IPv4.parse(value).toByteArray()) : undefined,
};

const ipv6: Format = {
  takes: 'an IPv6 address',
  print: (value) => (value.length === 16 ? address(value) : undefined),
  parse: (value) =>
    ipaddr.IPv6.isValid(value) && !value.includes('%')
      ? Buffer.from(ipaddr.IPv6.parse(value).toByteArray())
      : undefined,
};

const formats: Readonly<Record<string, Format>> = {
  string: text,
  date,
  ipaddr: ipv4,
  ipv6addr: ipv6,
  ipv4prefix: prefix('an IPv4 prefix such as 192.0.2.0/24', ipv4, 4, 4),
  ipv6prefix: prefix('an IPv6 prefix such as 2001:db8::/32', ipv6, 0, 16),
  ifid: groups('an interface identifier such as 0:0:0:1', 4, 2),
  ether: groups('a MAC address such as 00:00:5e:00:53:01', 6, 1),
};

const integerSizes: Readonly<Record<string, number>> = { short: 2, integer: 4, integer64: 8 };

/** How an attribute's value is written and read; without a definition as octets. A tag is not part of it. */
export function formatOf(definition: Definition | undefined): Format {
  if (!definition) return octets;
  const size = integerSizes[definition.format];
  if (size !== undefined) return integer(definition.tagged ? size - 1 : size, definition.values);
  return formats[definition.format] ?? octets;
}

/** Octets as 0x and hexadecimal digits. */
export function hexOf(value: Buffer): string {
  return `0x${value.toString('hex')}`;
}

function integer(size: number, values: Definition['values']): Format {
  const largest = (1n << BigInt(8 * size)) - 1n;
  return {
    get takes() {
      return `an integer from 0 to ${largest}${values.size > 0 ? ` or one of ${[...values.values()].join(', ')}` : ''}`;
    },
    print: (value) => {
      if (value.length !== size) return undefined;
      const number = BigInt(hexOf(value));
      return values.get(Number(number)) ?? String(number);
    },
    parse: (value) => {
      const named = [...values].find(([, name]) => name.toLowerCase() === value.toLowerCase());
      if (named) return unsigned(BigInt(named[0]), size);
      return /^\d{1,20}$/.test(value) && BigInt(value) <= largest ? unsigned(BigInt(value), size) : undefined;
    },
  };
}

/** A zero octet, the prefix length in bits, and octets of the address, `fewest` to `most`: RFC 3162 §2.3, RFC 8044 §3.10 and §3.11. */
function prefix(takes: string, host: Format, fewest: number, most: number): Format {
  return {
    takes,
    print: (value) => {
      const bits = value[1] ?? 0;
      const given = value.length - 2;
      if (given < Math.max(fewest, Math.ceil(bits / 8)) || given > most || bits > 8 * most) return undefined;
      return `${address(Buffer.concat([value.subarray(2)], most))}/${bits}`;
    },
    parse: (value) => {
      const [, start = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(value) ?? [];
      const whole = host.parse(start);
      const bits = Number(length);
      if (!whole || bits > 8 * most) return undefined;
      const kept = whole.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))));
      return Buffer.from([0, bits, ...kept]);
    },
  };
}

/** Groups of hexadecimal digits with colons between them. */
function groups(takes: string, count: number, size: 1 | 2): Format {
  const form = new RegExp(`^[0-9a-f]{1,${2 * size}}(?::[0-9a-f]{1,${2 * size}}){${count - 1}}$`, 'i');
  return {
    takes,
    print: (value) => {
      if (value.length !== count * size) return undefined;
      const numbers = Array.from({ length: count }, (_, i) => value.readUIntBE(i * size, size).toString(16));
      return numbers.map((number) => (size === 1 ? number.padStart(2, '0') : number)).join(':');
    },
    parse: (value) =>
      form.test(value)
        ? Buffer.concat(value.split(':').map((group) => unsigned(BigInt(`0x${group}`), size)))
        : undefined,
  };
}

function unsigned(number: bigint, size: number): Buffer {
  return Buffer.from(number.toString(16).padStart(2 * size, '0'), 'hex');
}

function address(value: Buffer): string {
  return ipaddr.fromByteArray([...value]).toString();
}

function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
