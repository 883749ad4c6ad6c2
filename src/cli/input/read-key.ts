import { OperatorError } from '../../errors.ts';
import { fromBase32 } from '../../base32.ts';

/** Octets of a key: 80 bits are what tokens of old have; RFC 4226 §4 R6 wants 128. */
const size = { least: 10, wanted: 16, most: 64 };

/** Reads an OATH key in base32; none of the errors quotes it. @throws OperatorError 'usage' if it isn't one, or too short or too long */
export function readKey(typed: string): { readonly key: Buffer; readonly warning: string | undefined } {
  const key = fromBase32(typed);
  const { least, wanted, most } = size;
  if (!key)
    throw new OperatorError('usage', 'the secret is not base32, which has the letters A to Z and the digits 2 to 7');
  if (key.length < least || key.length > most)
    throw new OperatorError('usage', `the secret is ${key.length} octets long; it must have ${least} to ${most}`);
  const short = `this secret is short: ${key.length} octets, and RFC 4226 wants ${wanted}; a longer one is safer`;
  return { key, warning: key.length < wanted ? short : undefined };
}
