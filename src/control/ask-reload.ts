import { connect } from 'node:net';
import { OperatorError } from '../errors.ts';
import { reloaded, type Reloaded } from './reloaded.ts';
import { reloadRequest } from './server.ts';

/** How long a service may take, in milliseconds. */
const patience = 30_000;
/** Of an answer, in octets: a config has a thousand mistakes at most. */
const longest = 4 * 1024 * 1024;

/**
 * Has the service that listens on a Unix socket read its config anew.
 * @throws OperatorError 'not-running' if none answers, 'control-denied' if it may not be asked
 */
export async function askReload(path: string): Promise<Reloaded> {
  const text = await ask(path);
  try {
    return reloaded.parse(JSON.parse(text));
  } catch (error) {
    throw new OperatorError('not-running', `the service at ${path} gave no answer that can be read`, { cause: error });
  }
}

function ask(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new OperatorError('not-running', why));
    const socket = connect(path, () => socket.write(reloadRequest));
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
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES' || error.code === 'EPERM')
        return reject(new OperatorError('control-denied', `${path} may not be used`, { cause: error }));
      return fail(`no service answers at ${path} (${error.code ?? error.message})`);
    });
  });
}
