import { readFileSync, watchFile, unwatchFile } from 'node:fs';
import { createServer as createPlain, type Server } from 'node:http';
import { createServer as createSecure, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { getRequestListener, RequestError, type HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import type { Logger } from '../observe/logger.ts';
import { RepeatedLines } from '../observe/repeated-lines.ts';
import { notice } from './approval-page.ts';
import { ConnectionLimit } from './connection-limit.ts';
import { HttpServers } from './http-servers.ts';
import { clientAddress, trustedProxies } from './client-address.ts';
import { RateLimit } from '../rate-limit.ts';
import { style } from './style.ts';
import { languageWanted } from './texts.ts';

export interface WebServerOptions {
  readonly endpoints: readonly { readonly host: string; readonly port: number }[];
  /** As browsers see it, without a slash at its end. */
  readonly url: string;
  /** Files in PEM; undefined behind a proxy that speaks TLS. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly trustedProxies: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pages: Pages;
}

/** Adds the pages. `addressOf` tells who asks, and `lines` takes warnings that anyone can cause. */
export type Pages = (app: Hono, addressOf: (c: Context) => string, lines: Pick<RepeatedLines, 'warn'>) => void;

/** Of the body of a form, in octets. */
const largestBody = 8 * 1024;
/** Requests of one address in a minute. A person makes a few, but a whole company's phones may have one address. */
const perMinute = 600;
const maxConnections = 1_000;
/** Of one host. A company's phones, with the page open behind one address, have one each. */
const maxConnectionsOfHost = 200;
/** For clients that are slow on purpose, in milliseconds. */
const handshakeTimeout = 10_000;
const idleTimeout = 30_000;

/** The same of the page on phones, which asks what waits every few seconds while it is open. */
const perMinuteOfPhones = 3_000;

/** What the page on phones may do beyond what others may: run the scripts that are served here, and ask here. */
const appPolicy =
  "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  // The address of a page is a secret.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex, nofollow',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/** They outlast a reload. */
interface Limits {
  readonly usual: RateLimit;
  readonly phones: RateLimit;
  readonly lines: RepeatedLines;
}

/** The pages of radgate, over HTTPS with a certificate of its own or behind a proxy. It has no cookies: the secret in a page's address is all that counts. */
export class WebServer {
  readonly #servers = new HttpServers<Server | SecureServer>();
  readonly #options: WebServerOptions;
  readonly #limits: Limits;
  readonly #connections: ConnectionLimit;
  #app: Hono<{ Bindings: HttpBindings }>;

  private constructor(options: WebServerOptions) {
    this.#options = options;
    const own = { clock: options.clock, window: 60_000, addresses: 10_000 };
    this.#limits = {
      usual: new RateLimit({ ...own, most: perMinute }),
      phones: new RateLimit({ ...own, most: perMinuteOfPhones }),
      lines: new RepeatedLines(options.logger, options.clock, 'more warnings of the pages, of many other kinds'),
    };
    this.#connections = new ConnectionLimit({
      most: maxConnectionsOfHost,
      isExempt: trustedProxies(options.trustedProxies),
      onRefused: (address) =>
        this.#limits.lines.warn(
          `connections ${address}`,
          { address },
          `closed a web connection: this host has ${maxConnectionsOfHost}; if it is a proxy, see trusted_proxies`,
          'closed more web connections of this host',
        ),
    });
    this.#app = buildApp(options, this.#limits);
  }

  /** @throws OperatorError if a certificate can't be read or an address can't be listened on */
  static async listen(options: WebServerOptions): Promise<WebServer> {
    const web = new WebServer(options);
    try {
      for (const endpoint of options.endpoints) await web.#open(endpoint);
    } catch (error) {
      await web.close();
      throw error;
    }
    web.#watch();
    return web;
  }

  /** Where it listens, as `host:port`. */
  get listening(): readonly string[] {
    return this.#servers.listening;
  }

  /** Other pages in place of those that there are, for requests from then on. */
  replacePages(pages: Pages): void {
    this.#app = buildApp({ ...this.#options, pages }, this.#limits);
  }

  async close(): Promise<void> {
    const { tls } = this.#options;
    if (tls) for (const file of [tls.certificate, tls.key]) unwatchFile(file);
    await this.#servers.close();
    this.#limits.lines.close();
  }

  async #open(endpoint: { readonly host: string; readonly port: number }): Promise<void> {
    const { tls, logger } = this.#options;
    const listener = getRequestListener((request, env) => this.#app.fetch(request, env), {
      // A request that no page can answer is one line at most, not a stack.
      errorHandler: (error) => {
        const status = error instanceof RequestError ? 400 : 500;
        this.#limits.lines.warn(
          `request ${status}`,
          { why: messageOf(error) },
          'a web request failed',
          'more web requests failed, for this or another reason',
        );
        return new Response('failed\n', { status, headers: { ...headers } });
      },
    });
    const options = {
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 8_192,
    };
    const onRequest = (...[request, response]: Parameters<typeof listener>): void =>
      void Promise.resolve(listener(request, response));
    const server = tls
      ? createSecure({ ...options, ...readTls(tls), handshakeTimeout, minVersion: 'TLSv1.2' }, onRequest)
      : createPlain(options, onRequest);
    server.maxConnections = maxConnections;
    server.on('connection', (socket: Socket) => this.#connections.take(socket));
    server.timeout = idleTimeout;
    await this.#servers.open(server, endpoint, 'the web server', (error) =>
      logger.error({ why: error.message }, 'the web server failed'),
    );
  }

  /** Takes the certificate's files anew, for connections from then on; files that can't be used change nothing. */
  reloadCertificate(): void {
    const { tls, logger } = this.#options;
    if (!tls) return;
    try {
      const read = readTls(tls);
      for (const server of this.#servers.all) if ('setSecureContext' in server) server.setSecureContext(read);
      logger.info({ file: tls.certificate }, 'the certificate of the web server was read anew');
    } catch (error) {
      logger.error({ why: messageOf(error) }, 'the new certificate cannot be used; the old one stays');
    }
  }

  #watch(): void {
    const { tls } = this.#options;
    if (!tls) return;
    for (const file of [tls.certificate, tls.key]) watchFile(file, { interval: 5_000 }, () => this.reloadCertificate());
  }
}

function buildApp(options: WebServerOptions, limits: Limits): Hono<{ Bindings: HttpBindings }> {
  const { url } = options;
  const isTrusted = trustedProxies(options.trustedProxies);
  const isOfApp = (c: Context): boolean => c.req.path.startsWith('/app/');
  const app = new Hono<{ Bindings: HttpBindings }>();
  const addressOf = (c: Context): string => {
    const { incoming } = c.env as HttpBindings;
    return clientAddress(incoming.socket.remoteAddress ?? '0.0.0.0', c.req.header('x-forwarded-for'), isTrusted);
  };
  const { origin, protocol } = new URL(url);
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    if (isOfApp(c)) c.res.headers.set('Content-Security-Policy', appPolicy);
    if (protocol === 'https:') c.res.headers.set('Strict-Transport-Security', 'max-age=31536000');
  });
  app.use(async (c, next) => {
    const address = addressOf(c);
    const language = languageWanted(c.req.header('accept-language'));
    if (!(isOfApp(c) ? limits.phones : limits.usual).admits(address))
      return c.html(notice('limited', language), 429, { 'Retry-After': '60' });
    // A page elsewhere must not press buttons here.
    const from = c.req.header('origin');
    const site = c.req.header('sec-fetch-site') ?? 'none';
    const isForeign = (from !== undefined && from !== origin) || (site !== 'same-origin' && site !== 'none');
    // The buttons of a notification are pressed from the page of another server, with a secret that only the notification holds.
    if (c.req.method === 'POST' && isForeign && !/^\/a\/[^/]+\/(approve|decline)$/.test(c.req.path))
      return c.html(notice('failed', language), 403);
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: (c) => c.html(notice('failed', languageWanted(c.req.header('accept-language'))), 413),
    }),
  );
  app.get('/style.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  options.pages(app as unknown as Hono, addressOf, limits.lines);
  app.notFound((c) => c.html(notice('gone', languageWanted(c.req.header('accept-language'))), 404));
  app.onError((error, c) => {
    // Never the path: its token is a secret.
    const why = messageOf(error);
    limits.lines.warn(`page ${why}`, { why }, 'a web page failed', 'more web pages failed');
    return c.html(notice('failed', languageWanted(c.req.header('accept-language'))), 500);
  });
  return app;
}

/** @throws OperatorError */
function readTls({ certificate, key }: { readonly certificate: string; readonly key: string }): {
  readonly cert: Buffer;
  readonly key: Buffer;
} {
  try {
    const read = { cert: readFileSync(certificate), key: readFileSync(key) };
    // Throws if they are no PEM or don't belong together.
    createSecureContext(read);
    return read;
  } catch (error) {
    throw new OperatorError('certificate-unreadable', `cannot read the certificate of [web]: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
