import { OperatorError } from '../../errors.ts';
import { withAsker } from '../terminal/with-asker.ts';

/** A passphrase that a machine can't guess from a file that it has: characters at least. */
const shortest = 12;

export interface PassphraseOptions {
  /** `--passphrase-stdin` */
  readonly passphraseStdin?: boolean;
}

/**
 * Asks for the passphrase of an export on the terminal, or with `--passphrase-stdin` reads a line of standard input.
 * @param isNew whether it is made up now: then it has to be long enough, and is asked for twice on a terminal
 * @throws OperatorError 'usage' if there is none, or it is too short
 */
export async function readPassphrase({ passphraseStdin }: PassphraseOptions, isNew: boolean): Promise<Buffer> {
  if (!passphraseStdin && !process.stdin.isTTY)
    throw new OperatorError('usage', 'without a terminal the passphrase comes with --passphrase-stdin');
  return withAsker(async (asker) => {
    const what = 'the passphrase';
    const passphrase = await asker.ask({ prompt: 'Passphrase: ', what, echo: false });
    if (!isNew) return passphrase;
    if (Array.from(passphrase.toString()).length < shortest)
      throw new OperatorError('usage', `a passphrase has ${shortest} characters or more: it alone guards the tokens`);
    if (asker.isTerminal) {
      const again = await asker.ask({ prompt: 'The same again: ', what, echo: false });
      if (!again.equals(passphrase)) throw new OperatorError('usage', 'the two passphrases are not the same');
    }
    return passphrase;
  });
}
