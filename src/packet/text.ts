import { Size } from './constants.ts';
import type { Attribute } from './packet.ts';

/** Text as one or more attributes of at most 253 octets of UTF-8, cut between characters (RFC 2865 §5, "text"). */
export function textAttributes(type: number, text: string): Attribute[] {
  const bytes = Buffer.from(text, 'utf8');
  const attributes: Attribute[] = [];
  let start = 0;
  while (start < bytes.length) {
    let end = Math.min(start + Size.value, bytes.length);
    // 0b10xxxxxx continues a character: step back to its first octet.
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    attributes.push({ type, value: bytes.subarray(start, end) });
    start = end;
  }
  return attributes;
}
