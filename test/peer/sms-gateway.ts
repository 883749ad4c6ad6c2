import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Journal } from './journal.ts';

/** A request that came, and what the gateway did with it. */
export interface GatewayCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** How the gateway behaves: what an answer is, or that there is none. */
export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: Record<string, string>;
    }
  /** It reads the request and says nothing. */
  | { readonly kind: 'hung' }
  /** It begins an answer and never ends it. */
  | { readonly kind: 'stuck' }
  /** It closes the connection. */
  | { readonly kind: 'broken' };

export const taken: Behaviour = { kind: 'answer', status: 200, body: '{"status":"accepted","id":"g-1"}' };

/** A gateway over HTTP on loopback, with failures on demand. */
export class SmsGateway {
  readonly calls = new Journal<GatewayCall>();
  behaviour: Behaviour = taken;
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<SmsGateway> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gateway = new SmsGateway(server);
    server.on('request', (request, response) => void gateway.#serve(request, response));
    return gateway;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = '', url = '', headers } = request;
    this.calls.add({ method, url, headers, body: Buffer.concat(parts).toString() });
    const { behaviour } = this;
    switch (behaviour.kind) {
      case 'answer':
        response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
        break;
      case 'stuck':
        response.writeHead(200).write('{"sta');
        break;
      case 'broken':
        request.socket.destroy();
        break;
      case 'hung':
        break;
    }
  }
}
