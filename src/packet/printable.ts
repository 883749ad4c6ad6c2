import { isUtf8 } from 'node:buffer';

/** Control, format (bidi among them), private and unassigned characters, every space but the plain one, and a backslash that would read as an escape. */
const unsafe = /(?! )[\p{C}\p{Z}]|\\(?=x[0-9a-f]{2}|u\{)/gu;
/** The same for bytes that aren't UTF-8: everything beyond printable ASCII. */
const unsafeByte = /[^ -~]|\\(?=x[0-9a-f]{2}|u\{)/g;

/**
 * Received text for a log line or a terminal: UTF-8 as it reads, and what could forge either of them as \x1b or \u{202e}. If it isn't
 * valid UTF-8, each octet beyond ASCII is written as \xe4.
 */
export function printable(value: Buffer): string {
  return isUtf8(value)
    ? value.toString('utf8').replace(unsafe, escaped)
    : value.toString('latin1').replace(unsafeByte, (byte) => `\\x${hex(byte)}`);
}

function escaped(character: string): string {
  return character < '\x80' ? `\\x${hex(character)}` : `\\u{${hex(character)}}`;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(2, '0');
}
