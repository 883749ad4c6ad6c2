import { isUtf8 } from 'node:buffer';
import { foldUserName } from '../../policy/user-name.ts';

/** What was typed, as a directory can be asked it, or for the log why it can't. */
export type TypedText = { readonly text: string } | { readonly why: string };

/**
 * A password as the text whose UTF-8 goes into a bind (RFC 4513 §5.1.3). Nothing is prepared or normalised: AD and most others compare octets.
 * @param encoding what the NAS sends
 */
export function typedPassword(octets: Buffer, encoding: 'utf-8' | 'latin1'): TypedText {
  // A bind with a name and no password is a success that proves nothing: RFC 4513 §5.1.2.
  if (octets.length === 0) return { why: 'the password is empty' };
  // Servers written in C may take it for the end, and what is before it for the password: before the first octet, that is none.
  if (octets.includes(0)) return { why: 'the password has a NUL in it' };
  if (encoding === 'latin1') return { text: octets.toString('latin1') };
  if (!isUtf8(octets))
    return { why: 'the password is not UTF-8: if this client sends ISO-8859-1, set password_encoding = "latin1"' };
  return { text: octets.toString('utf8') };
}

/** A user name that can be looked for. What can be nobody's name in radgate isn't looked for: no directory's idea of it could be used. */
export function typedName(octets: Buffer): TypedText {
  if (!foldUserName(octets)) return { why: 'the user name is not UTF-8 or has characters that cannot be in a name' };
  return { text: octets.toString('utf8') };
}
