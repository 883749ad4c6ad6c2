import { countryPrefix } from '../policy/country-prefix.ts';

export type ReadNumber =
  | { readonly kind: 'number'; readonly number: string }
  /** What is wrong with it, as a sentence. */
  | { readonly kind: 'none'; readonly why: string };

const extension = /(?:;\s*ext=|\bext(?:ension)?\b[.:]?|[x#])\s*([0-9]{1,7})$/i;

/**
 * A phone number as it is stored: E.164 (a plus and 7 to 15 digits), and if there is an extension, `;ext=` with 1 to 7 digits
 * (RFC 3966 §3). Blanks, dots, dashes, slashes and brackets are left out.
 */
export function readPhoneNumber(typed: string): ReadNumber {
  const text = typed.trim();
  if (text.includes('(0)'))
    return none('The phone number has a "(0)", which is not dialled after a country code: leave it out.');
  const ext = extension.exec(text);
  const number = (ext ? text.slice(0, ext.index) : text).replaceAll(/[\s\p{Zs}\p{Pd}./()[\]]/gu, '');
  if (!number.startsWith('+'))
    return none(
      'The phone number is not international: write it with a plus and the country code, as +49 170 1234567.',
    );
  if (!/^\+[1-9][0-9]{6,14}$/.test(number))
    return none('The phone number is not a plus and 7 to 15 digits; a user has one number.');
  return { kind: 'number', number: ext ? `${number};ext=${ext[1]}` : number };
}

/** A stored number without its extension: what a text message goes to. */
export function withoutExtension(number: string): string {
  return number.replace(/;.*$/, '');
}

/** What of a number may be shown to whoever knows the password: `+33 ** ** ** 12`, however long it is. */
export function maskNumber(number: string): string {
  const [own = '', ext] = number.split(';ext=');
  const masked = `${countryPrefix(own)} ** ** ** ${own.slice(-2)}`;
  return ext === undefined ? masked : `${masked} ext **`;
}

/** The same of an e-mail address: `a****@corp.example`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return `${at > 0 ? first : ''}****${address.slice(at)}`;
}

function none(why: string): ReadNumber {
  return { kind: 'none', why };
}
