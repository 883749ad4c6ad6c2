import { printable } from '../packet/printable.ts';
import type { Message } from './channel.ts';

/** How much of a provider's own words is kept, in characters. */
const longest = 200;

/** A provider's own words without what must not be logged: providers echo the number and the text, and with it the code. */
export function scrub(
  words: string,
  { to, code, text, actions }: Pick<Message, 'to' | 'code' | 'text' | 'actions'>,
): string {
  const number = to.replace(/^\+/, '');
  const secrets = [
    text,
    ...secretsInLinks(`${text} ${actions?.link ?? ''}`),
    code,
    Array.from(code).join(', '),
    Array.from(code).join(' '),
    to,
    number,
  ].filter((secret) => secret !== '');
  // Digits of a code in other clothes, "12 34 56", are caught by their number alone.
  const masked = secrets
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), words)
    .replaceAll(/\d(?:[\s,.-]*\d){5,}/g, (digits) =>
      code !== '' && digits.replaceAll(/\D/g, '').includes(code) ? '***' : digits,
    );
  const line = printable(Buffer.from(masked.replaceAll(/\s+/g, ' ').trim()));
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
}

/** 128 random bits in base64url, as the last part of an address: whoever has them can press there. */
function secretsInLinks(text: string): string[] {
  return Array.from(text.matchAll(/\/([\w-]{22})(?![\w-])/g), ([, secret = '']) => secret);
}
