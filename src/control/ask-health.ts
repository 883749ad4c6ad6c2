import { OperatorError } from '../errors.ts';
import { ask } from './ask.ts';
import { order } from './orders.ts';

/**
 * What the service that listens on a Unix socket tells of its health.
 * @throws OperatorError 'not-running' if none answers, 'control-denied' if it may not be asked
 */
export async function askHealth(path: string): Promise<unknown> {
  const text = await ask(path, order.health);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OperatorError('not-running', `the service at ${path} gave no answer that can be read`, { cause: error });
  }
}
