import { OperatorError } from '../../errors.ts';
import type { Asker } from '../terminal/asker.ts';

/** Asks for a code, which apps show as "123 456". @throws OperatorError 'usage' if it isn't 6 to 8 digits */
export async function askCode(asker: Asker, prompt: string, what: string): Promise<string> {
  const code = (await asker.ask({ prompt, what, echo: true })).toString('latin1').replaceAll(/\s/g, '');
  if (/^[0-9]{6,8}$/.test(code)) return code;
  throw new OperatorError('usage', `${what} must have 6 to 8 digits`);
}
