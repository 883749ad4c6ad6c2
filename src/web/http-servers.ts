import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { OperatorError } from '../errors.ts';

/** The servers that one listener has, one for each of its addresses. */
export class HttpServers<Kind extends Server | SecureServer> {
  readonly #servers: Kind[] = [];
  /** Those in their TLS handshake too, which closeAllConnections knows nothing of. */
  readonly #connections = new Set<Socket>();

  get all(): readonly Kind[] {
    return this.#servers;
  }

  /** Where they listen, as `host:port`. */
  get listening(): readonly string[] {
    return this.#servers.map((server) => {
      const address = server.address();
      if (address === null || typeof address === 'string') return '';
      return address.family === 'IPv6' ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
    });
  }

  /**
   * Has a server listen.
   * @param what cannot listen, for the error @param onError told of what fails later
   * @throws OperatorError 'web-failed' if it can't listen there
   */
  async open(
    server: Kind,
    { host, port }: { readonly host: string; readonly port: number },
    what: string,
    onError: (error: Error) => void,
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) =>
        reject(
          new OperatorError('web-failed', `${what} cannot listen on ${host}:${port}: ${error.message}`, {
            cause: error,
          }),
        ),
      );
      server.listen({ host, port }, resolve);
    });
    server.on('error', onError);
    server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#servers.push(server);
  }

  /** Ends them with all their connections. */
  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#connections) socket.destroy();
    await Promise.all(closed);
  }
}
