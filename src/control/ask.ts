import { connect } from 'node:net';
import { OperatorError } from '../errors.ts';

/** How long a service may take, in milliseconds. */
const patience = 30_000;
/** Of an answer, in octets: a config has a thousand mistakes at most. */
const longest = 4 * 1024 * 1024;

/**
 * Sends a line to the service that listens on a Unix socket. @returns all that it answers
 * @throws OperatorError 'not-running' if none answers, 'control-denied' if it may not be asked
 */
export function ask(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new OperatorError('not-running', why));
    const socket = connect(path, () => socket.write(`${line}\n`));
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(patience, () => {
      socket.destroy();
      fail(`the service at ${path} did not answer within ${patience / 1_000} s`);
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length <= longest) return;
      socket.destroy();
      fail(`what answers at ${path} is no radgate`);
    });
    socket.once('end', () => resolve(text));
    socket.once('error', (error: NodeJS.ErrnoException) => reject(unreachable(path, error)));
  });
}

/** Why a socket could not be used. */
export function unreachable(path: string, error: NodeJS.ErrnoException): OperatorError {
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return new OperatorError('control-denied', `${path} may not be used`, { cause: error });
  return new OperatorError('not-running', `no service answers at ${path} (${error.code ?? error.message})`);
}
