import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Reloaded } from './reloaded.ts';

/** What a command sends to have the config read anew. */
export const reloadRequest = 'reload\n';
/** At once: an administrator has one. */
const maxConnections = 8;
/** For those who connect and say nothing, in milliseconds. */
const patience = 5_000;

/** Takes orders of commands on this host, over a Unix socket that only the service's user and root may use. */
export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(onReload: () => Reloaded) {
    this.#server = createServer((socket) => this.#serve(socket, onReload));
    this.#server.maxConnections = maxConnections;
  }

  /** Takes the place of a socket that a killed service left. @throws Error if another answers there, or it can't be made */
  static async listen(path: string, onReload: () => Reloaded): Promise<ControlServer> {
    const control = new ControlServer(onReload);
    if (await answers(path)) throw new Error('another service answers there');
    await new Promise<void>((resolve, reject) => {
      control.#server.once('error', reject);
      // Before it can be seen: a mode that is set after it was made would come late.
      const before = process.umask(0o177);
      control.#server.listen(path, resolve);
      process.umask(before);
    });
    return control;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #serve(socket: Socket, onReload: () => Reloaded): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Whoever left early misses the answer, no more.
    socket.on('error', () => undefined);
    socket.setTimeout(patience, () => socket.destroy());
    let asked = '';
    const onData = (chunk: Buffer): void => {
      asked += chunk.toString('latin1');
      if (asked.length < reloadRequest.length && reloadRequest.startsWith(asked)) return;
      socket.off('data', onData).resume();
      if (asked === reloadRequest) socket.end(`${JSON.stringify(onReload())}\n`);
      else socket.destroy();
    };
    socket.on('data', onData);
  }
}

/** Whether somebody listens on a Unix socket; the file of one that nobody does is removed. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return resolve(false);
      if (error.code !== 'ECONNREFUSED') return reject(error);
      // Whatever else has this name was put there by somebody.
      if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path, { force: true });
      return resolve(false);
    });
  });
}
