import { OperatorError } from '../errors.ts';
import { hashPassword } from '../primary/password-hash.ts';
import { randomOctets } from '../random.ts';
import { withAsker, type Asker } from './asker.ts';

export interface PasswordOptions {
  /** `--password` */
  readonly password?: boolean;
  /** `--password-stdin` */
  readonly passwordStdin?: boolean;
}

/** What User-Password can carry, in octets: RFC 2865 §5.2. */
const longest = 128;

/**
 * Asks for a new password, twice on a terminal, and hashes it.
 * @returns undefined if neither option was given
 * @throws OperatorError 'usage' if it can't be a password, or --password has no terminal to ask on
 */
export async function newPassword({ password, passwordStdin }: PasswordOptions): Promise<string | undefined> {
  if (!password && !passwordStdin) return undefined;
  const typed = await withAsker((asker) => askPassword(asker, passwordStdin === true));
  return hashPassword(typed, randomOctets(16));
}

/** Asks on `asker`, see newPassword. @param fromInput whether it may be read from what is no terminal */
export async function askPassword(asker: Asker, fromInput: boolean): Promise<Buffer> {
  if (!asker.isTerminal && !fromInput)
    throw new OperatorError('usage', '--password asks on a terminal; use --password-stdin to read it from a pipe');
  const what = 'the new password';
  const typed = await asker.ask({ prompt: 'New password: ', what, echo: false });
  if (typed.length === 0) throw new OperatorError('usage', 'the new password is empty');
  if (typed.length > longest)
    throw new OperatorError('usage', `the new password is longer than ${longest} octets, the most that RADIUS carries`);
  if (typed.includes(0)) throw new OperatorError('usage', 'the new password holds a NUL, which RADIUS cannot carry');
  if (asker.isTerminal) {
    const again = await asker.ask({ prompt: 'The same again: ', what, echo: false });
    if (!again.equals(typed)) throw new OperatorError('usage', 'the two passwords are not the same');
  }
  return typed;
}
