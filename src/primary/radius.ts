import type { Clock } from '../clock.ts';
import type { SeenAuthenticators } from '../nas/seen-authenticators.ts';
import type { DropLog } from '../observe/drop-log.ts';
import { Code, Type } from '../packet/constants.ts';
import { reveal, type Granted } from '../packet/granted.ts';
import type { Attribute, Packet } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { hidePassword } from '../packet/user-password.ts';
import { randomOctets } from '../random.ts';
import type { Primary, PrimaryRequest, PrimaryResult } from './primary.ts';
import { RadiusServer, type Exchange } from './radius-server.ts';

export interface RadiusPrimaryOptions {
  readonly name: string;
  /** In the order in which they are asked. */
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly secret: SharedSecret;
  /** In their replies: `auto` requires it of a server that was once seen to send it. */
  readonly messageAuthenticator: 'require' | 'auto' | 'off';
  /** Of each try, in milliseconds; shorter if the deadline asks it. */
  readonly timeout: number;
  /** Of each server. */
  readonly tries: number;
  readonly source: string | undefined;
  readonly clock: Clock;
  readonly seen: SeenAuthenticators;
  readonly drops: DropLog;
}

/** Ours among the Proxy-States: the same for all requests of this process, since nothing is to be told from it. */
const proxyState: Attribute = { type: Type.proxyState, value: randomOctets(8) };

/** Another RADIUS server (NPS, FreeRADIUS, ...) as primary: RFC 2865 §2.3. */
export class RadiusPrimary implements Primary {
  readonly name: string;
  readonly #options: RadiusPrimaryOptions;
  readonly #servers: readonly RadiusServer[];

  constructor(options: RadiusPrimaryOptions) {
    this.name = options.name;
    this.#options = options;
    this.#servers = options.servers.map((endpoint) => this.#server(endpoint));
  }

  async check(request: PrimaryRequest): Promise<PrimaryResult> {
    const { secret, tries, timeout, clock } = this.#options;
    const tried: string[] = [];
    for (const [index, server] of this.#servers.entries()) {
      const after = (this.#servers.length - index - 1) * tries;
      const patience = (sendsLeft: number): number =>
        Math.min(timeout, (request.deadline - clock.monotonic()) / (sendsLeft + after));
      const exchange = await this.#exchange(server, request, { count: tries, patience });
      if (exchange.kind === 'reply') return resultOf(exchange.reply, exchange.requestAuthenticator, secret);
      tried.push(`${server.address} ${whyNot(exchange, tries)}`);
    }
    return { kind: 'unreachable', why: tried.join(', ') };
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  async #exchange(
    server: RadiusServer,
    request: PrimaryRequest,
    tries: Parameters<RadiusServer['exchange']>[1],
  ): Promise<Exchange> {
    const { secret } = this.#options;
    try {
      return await server.exchange((requestAuthenticator) => forwarded(request, secret, requestAuthenticator), tries);
    } catch (error) {
      // The request is so long that our own attributes don't fit.
      if (error instanceof RangeError) return { kind: 'failed', why: error.message };
      throw error;
    }
  }

  #server({ host, port }: { host: string; port: number }): RadiusServer {
    const { secret, source, messageAuthenticator, seen, drops } = this.#options;
    const server: RadiusServer = new RadiusServer({
      host,
      port,
      secret,
      source,
      acceptsUnsigned: () => {
        if (messageAuthenticator === 'off') seen.forget('server', server.address);
        return messageAuthenticator !== 'require' && !seen.has('server', server.address);
      },
      onSigned: () => seen.add('server', server.address),
      onForged: (explain) => drops.drop(server.address, 'upstream-reply-refused', explain),
    });
    return server;
  }
}

/** The request as it goes upstream: all attributes as they came and in their order, the password hidden anew, our Proxy-State last (RFC 2865 §5.33). */
function forwarded(request: PrimaryRequest, secret: SharedSecret, requestAuthenticator: Buffer): Attribute[] {
  const attributes = request.attributes
    .filter(({ type }) => type !== Type.messageAuthenticator)
    .map((attribute) =>
      attribute.type === Type.userPassword
        ? { type: Type.userPassword, value: hidePassword(request.password, secret, requestAuthenticator) }
        : attribute,
    );
  return [...attributes, proxyState];
}

function resultOf(reply: Packet, requestAuthenticator: Buffer, secret: SharedSecret): PrimaryResult {
  if (reply.code === Code.accessChallenge) return { kind: 'challenge' };
  // The Proxy-States of a reply are echoes: the client's own come back to it from its own request.
  const own = reply.attributes.filter(({ type }) => type !== Type.messageAuthenticator && type !== Type.proxyState);
  const granted: Granted[] = reveal(own, { secret, requestAuthenticator });
  return reply.code === Code.accessAccept ? { kind: 'ok', granted } : { kind: 'bad', relayed: granted };
}

function whyNot(exchange: Exclude<Exchange, { kind: 'reply' }>, tries: number): string {
  switch (exchange.kind) {
    case 'silence':
      return `did not answer in ${tries} tries`;
    case 'failed':
      return `failed (${exchange.why})`;
    case 'full':
      return 'has too many requests outstanding';
  }
}
