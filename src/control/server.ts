import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { order, traceWish, type Orders, type TraceWish } from './orders.ts';
import { TraceFeed } from './trace-feed.ts';

/** At once: those who follow logins, and an administrator has one beside them. */
const maxConnections = 16;
/** Of what is asked for, in octets: a name may be escaped. */
const longest = 4_096;
/** For those who connect and say nothing, in milliseconds. */
const patience = 5_000;

/** Takes orders of commands on this host, over a Unix socket that only the service's user and root may use. */
export class ControlServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(orders: Orders) {
    this.#server = createServer((socket) => this.#serve(socket, orders));
    this.#server.maxConnections = maxConnections;
  }

  /**
   * Takes the place of a socket that a killed service left.
   * @param onError told of what fails later, such as to accept one more connection
   * @throws Error if another answers there, or it can't be made
   */
  static async listen(path: string, orders: Orders, onError: (error: Error) => void): Promise<ControlServer> {
    const control = new ControlServer(orders);
    if (await answers(path)) throw new Error('another service answers there');
    await new Promise<void>((resolve, reject) => {
      control.#server.once('error', reject);
      // Before it can be seen: a mode that is set after it was made would come late.
      const before = process.umask(0o177);
      try {
        control.#server.listen(path, resolve);
      } finally {
        process.umask(before);
      }
    });
    control.#server.on('error', onError);
    return control;
  }

  async close(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => once(socket.destroy(), 'close'));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all(closed);
  }

  #serve(socket: Socket, orders: Orders): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Whoever left early misses the answer, no more.
    socket.on('error', () => undefined);
    socket.setTimeout(patience, () => socket.destroy());
    let asked = '';
    const onData = (chunk: Buffer): void => {
      asked += chunk.toString('latin1');
      const end = asked.indexOf('\n');
      if (end === -1 && asked.length <= longest) return;
      socket.off('data', onData).resume();
      if (end !== asked.length - 1 || !obey(socket, Buffer.from(asked.slice(0, -1), 'latin1').toString(), orders))
        socket.destroy();
    };
    socket.on('data', onData);
  }
}

/** @returns whether it is something that is done here */
function obey(socket: Socket, asked: string, orders: Orders): boolean {
  if (asked === order.reload) socket.end(`${JSON.stringify(orders.reload())}\n`);
  else if (asked === order.health) void tellHealth(socket, orders);
  else if (asked.startsWith(order.trace)) return follow(socket, asked.slice(order.trace.length), orders);
  else return false;
  return true;
}

/** Who asks waits no longer for it than for an order. */
async function tellHealth(socket: Socket, orders: Orders): Promise<void> {
  try {
    socket.end(`${JSON.stringify(await orders.health())}\n`);
  } catch {
    socket.destroy();
  }
}

function follow(socket: Socket, text: string, orders: Orders): boolean {
  const wish = wishIn(text);
  if (!wish) return false;
  const feed = new TraceFeed(socket);
  const end = orders.follow(wish, (event) => feed.tell(event));
  if (!end) {
    socket.end(`${JSON.stringify({ event: 'refused' })}\n`);
    return true;
  }
  socket.setTimeout(0);
  socket.once('close', end);
  feed.tell({ event: 'following' });
  return true;
}

/** Undefined if it is none. */
function wishIn(text: string): TraceWish | undefined {
  try {
    return traceWish.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
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
