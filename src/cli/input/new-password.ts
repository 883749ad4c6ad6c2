import { isUtf8 } from 'node:buffer';
import { OperatorError } from '../../errors.ts';
import { ntHash } from '../../packet/mschap.ts';
import { hashPassword } from '../../primary/password-hash.ts';
import { randomOctets } from '../../random.ts';
import type { Keep, KeptPassword } from '../../store/kept-password.ts';
import type { Asker } from '../terminal/asker.ts';
import { withAsker } from '../terminal/with-asker.ts';

export interface PasswordOptions {
  /** `--password` */
  readonly password?: boolean;
  /** `--password-stdin` */
  readonly passwordStdin?: boolean;
}

/** What User-Password can carry, in octets: RFC 2865 §5.2. */
const longest = 128;

/** What goes into the store of a new password. */
export interface NewPassword {
  /** As hashPassword makes it. */
  readonly hash: string;
  readonly kept: KeptPassword | null;
}

/** Whether a new password is to be asked for. */
export function asksPassword({ password, passwordStdin }: PasswordOptions): boolean {
  return password === true || passwordStdin === true;
}

/**
 * Asks for a new password, twice on a terminal, and hashes it.
 * @param keep what is to be kept of it beside the hash
 * @returns undefined if neither option was given
 * @throws OperatorError 'usage' if it can't be a password, or --password has no terminal to ask on
 */
export async function newPassword(options: PasswordOptions, keep: Keep): Promise<NewPassword | undefined> {
  if (!asksPassword(options)) return undefined;
  const typed = await withAsker((asker) => askPassword(asker, options.passwordStdin === true));
  return { kept: keptOf(typed, keep), hash: await hashPassword(typed, randomOctets(16)) };
}

/** What is kept of a password beside its hash. @throws OperatorError 'usage' if it is not text: MS-CHAP is made of characters, not of octets */
export function keptOf(typed: Buffer, keep: Keep): KeptPassword | null {
  if (keep === 'hash') return null;
  if (!isUtf8(typed))
    throw new OperatorError('usage', `the new password is not UTF-8 text, which keep = "${keep}" needs for MS-CHAPv2`);
  return keep === 'password' ? { kind: keep, octets: typed } : { kind: keep, octets: ntHash(typed.toString('utf8')) };
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
