import { createServer as createHttpServer, type Server as HttpServer, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import type { AddressInfo, BlockList } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import type { Logger } from '../observe/logger.ts';
import { type CertificateFiles, type KeyPair, readCertificate, samePair } from './certificate.ts';
import { clientAddress, trustedNetworks } from './client-address.ts';
import { isForeign } from './foreign.ts';
import { notice } from './notice.ts';
import { RateLimit } from './rate-limit.ts';
import { style } from './style.ts';
import { preferredLanguage, webTexts } from './texts.ts';

/** What routes are mounted on. `address` is the client's, behind trusted proxies too; `language` is the browser's. */
export type WebApp = Hono<{ Bindings: HttpBindings; Variables: { address: string; language: string } }>;

/** Adds its routes to the app. */
export type Routes = (app: WebApp) => void;

export interface WebServerOptions {
  /** Addresses of this host; port 0 takes a free one. */
  readonly endpoints: readonly { readonly host: string; readonly port: number }[];
  /** The origin that browsers see, such as "https://mfa.example.com". */
  readonly url: string;
  /** For HTTPS; without them it speaks HTTP, to a proxy or on loopback. */
  readonly certificate?: CertificateFiles | undefined;
  /** Proxies whose X-Forwarded-For is believed: canonical addresses and CIDRs. */
  readonly trustedProxies: readonly string[];
  readonly routes: readonly Routes[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Requests that one address may make in a minute: a company's phones may share one. */
  readonly perMinute?: number;
}

const maxBody = 8 * 1024;
const maxCounted = 20_000;
const usualPerMinute = 600;
/** How often the certificate's files are looked at, in milliseconds. */
const reloadInterval = 30_000;

/** For slow and idle clients, in milliseconds. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 8 * 1024,
} as const satisfies ServerOptions;
const idleTimeout = 30_000;
const maxConnections = 1_000;

/** The pages that users see, by HTTP or HTTPS. A path may hold a token that is a secret, so no path is ever logged. */
export class WebServer {
  readonly #servers: readonly HttpServer[];
  readonly #options: WebServerOptions;
  #pair: KeyPair | undefined;
  /** The last complaint about the files, so that it is logged once. */
  #complaint = '';
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: WebServerOptions) {
    this.#options = options;
    this.#pair = options.certificate && readPair(options.certificate);
    const listener = getRequestListener(buildApp(options).fetch, { overrideGlobalObjects: false });
    const onRequest: Parameters<typeof createHttpServer>[1] = (request, response) => void listener(request, response);
    this.#servers = options.endpoints.map(() => {
      const server: HttpServer = this.#pair
        ? createHttpsServer({ ...limits, ...this.#pair, handshakeTimeout: limits.headersTimeout }, onRequest)
        : createHttpServer(limits, onRequest);
      server.maxConnections = maxConnections;
      server.timeout = idleTimeout;
      return server;
    });
  }

  /** @throws OperatorError if the certificate can't be used or an address can't be listened on */
  static async listen(options: WebServerOptions): Promise<WebServer> {
    const web = new WebServer(options);
    try {
      for (const [i, endpoint] of options.endpoints.entries()) await listenAt(web.#servers[i], endpoint);
    } catch (error) {
      await web.close();
      throw error;
    }
    if (options.certificate) {
      web.#timer = setInterval(() => web.reloadCertificate(), reloadInterval);
      web.#timer.unref();
    }
    return web;
  }

  /** Every TCP address it listens on. */
  get listening(): readonly string[] {
    return this.#servers.map((server) => {
      const { address, family, port } = server.address() as AddressInfo;
      return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
    });
  }

  /** Takes the certificate's files again if they changed; new connections get it. Files that can't be used leave the old ones in use. */
  reloadCertificate(): void {
    const { certificate, logger } = this.#options;
    if (!certificate || !this.#pair) return;
    try {
      const pair = readCertificate(certificate);
      this.#complaint = '';
      if (samePair(pair, this.#pair)) return;
      for (const server of this.#servers) if (server instanceof HttpsServer) server.setSecureContext(pair);
      this.#pair = pair;
      logger.info('the new certificate of [web] is in use');
    } catch (error) {
      const complaint = String(error);
      if (complaint !== this.#complaint)
        logger.error({ err: error }, 'the new certificate of [web] cannot be used: the old one stays');
      this.#complaint = complaint;
    }
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            // One that never listened calls back with an error: it is closed all the same.
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  }
}

function readPair(files: CertificateFiles): KeyPair {
  try {
    return readCertificate(files);
  } catch (error) {
    throw new OperatorError('certificate-unusable', `the certificate of [web] cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function listenAt(
  server: HttpServer | undefined,
  { host, port }: WebServerOptions['endpoints'][number],
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server?.once('error', reject);
      server?.listen({ host, port }, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new OperatorError('web-listen-failed', `cannot listen on ${host} port ${port}/tcp: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function buildApp({
  url,
  trustedProxies,
  routes,
  clock,
  logger,
  perMinute = usualPerMinute,
}: WebServerOptions): WebApp {
  const trusted: BlockList = trustedNetworks(trustedProxies);
  const limit = new RateLimit({ perMinute, max: maxCounted, clock });
  const headers = securityHeaders(url);
  const app: WebApp = new Hono();
  app.use(async (c, next) => {
    const peer = c.env.incoming.socket.remoteAddress ?? '';
    c.set('address', clientAddress(peer, c.req.header('x-forwarded-for'), trusted));
    c.set('language', preferredLanguage(c.req.header('accept-language')));
    for (const [name, value] of headers) c.header(name, value);
    const texts = webTexts(c.var.language);
    if (!limit.take(c.var.address)) {
      c.header('Retry-After', '60');
      return c.html(notice(texts, texts.tooMany, texts.tooManyText), 429);
    }
    const { method } = c.req;
    if (method !== 'GET' && method !== 'HEAD' && isForeign((name) => c.req.header(name), url))
      return c.html(notice(texts, texts.foreign, texts.foreignText), 403);
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: maxBody,
      onError: (c) => {
        const texts = webTexts(preferredLanguage(c.req.header('accept-language')));
        return c.html(notice(texts, texts.tooLarge, ''), 413);
      },
    }),
  );
  app.get('/style.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  for (const mount of routes) mount(app);
  app.notFound((c) => {
    const texts = webTexts(c.var.language);
    return c.html(notice(texts, texts.notFound, texts.notFoundText), 404);
  });
  app.onError((error, c) => {
    logger.error({ err: error, address: c.var.address }, 'a page could not be made');
    const texts = webTexts(c.var.language);
    return c.html(notice(texts, texts.failed, texts.failedText), 500);
  });
  return app;
}

/** Same-origin keeps the URL, which is a secret, from every other site, yet lets browsers send Origin with a form: no-referrer makes it "null". */
function securityHeaders(url: string): readonly (readonly [string, string])[] {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  return [
    ['Content-Security-Policy', policy],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'same-origin'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cache-Control', 'no-store'],
    ...(url.startsWith('https:') ? ([['Strict-Transport-Security', 'max-age=31536000']] as const) : []),
  ];
}
