import { inspect } from 'node:util';

/**
 * How octets could turn up in a log or a file: as text, in hexadecimal (plain, spaced, with colons), base64 at any offset, base64url, as JSON and as
 * Node prints a Buffer.
 */
export function spellings(octets: Buffer): string[] {
  const hex = octets.toString('hex');
  const pairs = hex.match(/../g) ?? [];
  const json = JSON.stringify(octets.toString('utf8')).slice(1, -1);
  // Within a longer run of octets base64 has one of three forms; its first and last letters depend on the neighbours.
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), octets])
      .toString('base64')
      .replaceAll('=', '');
    const whole = (offset + octets.length) % 3 === 0;
    return text.slice(offset === 0 ? 0 : offset + 1, whole ? undefined : -1);
  });
  const all = [
    octets.toString('latin1'),
    octets.toString('utf8'),
    json,
    hex,
    hex.toUpperCase(),
    pairs.join(' '),
    pairs.join(':'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    [...octets].join(','),
    inspect(octets.toString('latin1')).slice(1, -1),
  ];
  return [...new Set(all)].filter((text) => text.length > 3);
}
