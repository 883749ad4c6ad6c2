import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusServer } from './status-server.ts';

const interval = 5;
const startLimit = 30_000;
const stopLimit = 15_000;

export interface Serving {
  readonly port: number;
  readonly secret: string;
  readonly cwd: string;
}

/** A RADIUS server in a process of its own. */
export interface Served {
  readonly port: number;
  readonly pid: number;
  /** Milliseconds from the start of its process to its first reply. */
  readonly started: number;
  /** By SIGTERM, and by SIGKILL if it goes on for 15 s. */
  stop(): Promise<void>;
}

/**
 * Starts a server, its output in the file `output` of its directory, and asks it by Status-Server every 5 ms.
 * @throws Error with its last lines, if it ends or if there is no reply in 30 s
 */
export async function serve(command: string, args: readonly string[], { port, secret, cwd }: Serving): Promise<Served> {
  const socket = createSocket('udp4');
  const query = statusServer(secret);
  const file = join(cwd, 'output');
  const output = openSync(file, 'w', 0o600);
  const start = performance.now();
  const child = spawn(command, args, { cwd, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => {
      resolve(message);
    });
    child.once('exit', (code, signal) => {
      resolve(`it ended: ${String(code ?? signal)}`);
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), stopLimit);
    await ended;
    clearTimeout(kill);
  };
  const asking = setInterval(() => {
    socket.send(query, port, '127.0.0.1');
  }, interval);
  try {
    await Promise.race([
      once(socket, 'message', { signal: AbortSignal.timeout(startLimit) }),
      ended.then((why) => {
        throw new Error(why);
      }),
    ]);
    return { port, pid: child.pid ?? 0, started: performance.now() - start, stop };
  } catch (cause) {
    await stop();
    const lines = readFileSync(file, 'utf8').trim().split('\n').slice(-5);
    throw new Error(`${command} gave no reply: ${String(cause)}\n${lines.join('\n')}`, { cause });
  } finally {
    clearInterval(asking);
    socket.close();
  }
}
