import { OperatorError } from '../errors.ts';
import { ask } from './ask.ts';
import { order } from './orders.ts';
import { reloaded, type Reloaded } from './reloaded.ts';

/**
 * Has the service that listens on a Unix socket read its config anew.
 * @throws OperatorError 'not-running' if none answers, 'control-denied' if it may not be asked
 */
export async function askReload(path: string): Promise<Reloaded> {
  const text = await ask(path, order.reload);
  try {
    return reloaded.parse(JSON.parse(text));
  } catch (error) {
    throw new OperatorError('not-running', `the service at ${path} gave no answer that can be read`, { cause: error });
  }
}
