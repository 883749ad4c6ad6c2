import { OperatorError } from '../../errors.ts';
import type { Asker } from '../terminal/asker.ts';

/** Asks for a new PIN, twice on a terminal. @throws OperatorError 'usage' if it can't be one */
export async function askPin(asker: Asker): Promise<string> {
  const pin = (await asker.ask({ prompt: 'New PIN: ', what: 'the PIN', echo: false })).toString('latin1');
  // Devices send what is typed in different encodings; ASCII is the same in all of them.
  if (!/^[!-~]{4,32}$/.test(pin))
    throw new OperatorError('usage', 'a PIN has 4 to 32 letters, digits or signs of ASCII, and no blanks');
  if (asker.isTerminal) {
    const again = await asker.ask({ prompt: 'The same again: ', what: 'the PIN', echo: false });
    if (again.toString('latin1') !== pin) throw new OperatorError('usage', 'the two PINs are not the same');
  }
  return pin;
}
