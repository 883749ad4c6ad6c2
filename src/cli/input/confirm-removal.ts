import { OperatorError } from '../../errors.ts';
import { withAsker } from '../terminal/with-asker.ts';

/**
 * Asks whether to remove something.
 * @param yes whether `--yes` was given: then it doesn't ask
 * @throws OperatorError 'refused' if the answer isn't yes, 'usage' if there is nobody to ask
 */
export async function confirmRemoval(what: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new OperatorError('usage', `removing ${what} without a terminal needs --yes`);
  const answer = await withAsker((asker) =>
    asker.ask({ prompt: `Remove ${what}? [y/N] `, what: 'the answer', echo: true }),
  );
  if (!/^y(es)?$/i.test(answer.toString().trim())) throw new OperatorError('refused', 'nothing was removed');
}
