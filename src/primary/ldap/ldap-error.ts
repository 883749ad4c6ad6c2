import { ResultCodeError } from 'ldapts';

/** The server answered, and not with success. */
export class LdapRefused extends Error {
  /** RFC 4511 §4.1.9. */
  readonly code: number;

  /** @param diagnostic what the server says itself */
  constructor(code: number, diagnostic: string) {
    super(diagnostic === '' ? `result code ${code}` : `result code ${code}: ${diagnostic}`);
    this.code = code;
  }
}

/** There is no answer, or none that can be believed: another server may know better. */
export class LdapTrouble extends Error {}

/** RFC 4511 §4.1.9. */
export const Result = {
  operationsError: 1,
  strongerAuthRequired: 8,
  referral: 10,
  constraintViolation: 19,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  inappropriateAuthentication: 48,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
} as const;

/** An error of ldapts in terms of the two above. */
export function asLdapError(error: unknown): LdapRefused | LdapTrouble {
  if (error instanceof LdapRefused || error instanceof LdapTrouble) return error;
  if (error instanceof ResultCodeError)
    return new LdapRefused(error.code, error.message.replace(/ ?Code: 0x[0-9a-f]+$/, '').replaceAll('\0', ''));
  // The first line alone: further ones name the library's own classes.
  const [what = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new LdapTrouble(what);
}
