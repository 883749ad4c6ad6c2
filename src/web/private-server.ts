import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../observe/logger.ts';
import { HttpServers } from './http-servers.ts';

/** What one address answers. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface PrivateServerOptions {
  readonly endpoints: readonly { readonly host: string; readonly port: number }[];
  /** By path. */
  readonly answers: ReadonlyMap<string, () => Promise<Answer>>;
  readonly logger: Logger;
}

const maxConnections = 64;
/** For clients that are slow, in milliseconds. */
const patience = 5_000;

/** What programs of the operator read: metrics and health, over HTTP without TLS, apart from the pages of users. It takes no orders, and answers GET and HEAD alone. */
export class PrivateServer {
  readonly #servers = new HttpServers<Server>();
  readonly #options: PrivateServerOptions;

  private constructor(options: PrivateServerOptions) {
    this.#options = options;
  }

  /** @throws OperatorError if an address can't be listened on */
  static async listen(options: PrivateServerOptions): Promise<PrivateServer> {
    const own = new PrivateServer(options);
    try {
      for (const endpoint of options.endpoints) await own.#open(endpoint);
    } catch (error) {
      await own.close();
      throw error;
    }
    return own;
  }

  /** Where it listens, as `host:port`. */
  get listening(): readonly string[] {
    return this.#servers.listening;
  }

  async close(): Promise<void> {
    await this.#servers.close();
  }

  async #open(endpoint: { readonly host: string; readonly port: number }): Promise<void> {
    const { logger } = this.#options;
    const timeouts = { headersTimeout: patience, requestTimeout: patience, connectionsCheckingInterval: patience };
    const server = createServer(
      { ...timeouts, maxHeaderSize: 8_192 },
      (request, response) => void this.#answer(request, response),
    );
    server.maxConnections = maxConnections;
    server.timeout = 4 * patience;
    await this.#servers.open(server, endpoint, '[metrics]', (error) =>
      logger.error({ why: error.message }, 'the server of metrics and health failed'),
    );
  }

  async #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { answers, logger } = this.#options;
    const { status, type, body } = await this.#answerOf(method, answers.get(url.replace(/\?.*$/s, ''))).catch(
      (error: unknown): Answer => {
        logger.error({ err: error }, 'a defect of radgate, please report it: metrics or health could not be told');
        return plain(500, 'failed');
      },
    );
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    });
    response.end(method === 'HEAD' ? undefined : body);
  }

  async #answerOf(method: string | undefined, answer: (() => Promise<Answer>) | undefined): Promise<Answer> {
    if (!answer) return plain(404, `there are ${[...this.#options.answers.keys()].join(', ')}`);
    return method === 'GET' || method === 'HEAD' ? answer() : plain(405, 'GET or HEAD');
  }
}

/** A line of text. */
export function plain(status: number, line: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${line}\n` };
}
