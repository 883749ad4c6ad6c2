import type { Clock } from '../clock.ts';
import type { SeenAuthenticators } from '../nas/seen-authenticators.ts';
import type { DropLog } from '../observe/drop-log.ts';
import { Code, Type } from '../packet/constants.ts';
import { reveal, type Granted } from '../packet/granted.ts';
import { firstValue, type Attribute } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { hidePassword } from '../packet/user-password.ts';
import { randomOctets } from '../random.ts';
import { asAsked, type Primary, type PrimaryRequest, type PrimaryResult } from './primary.ts';
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
  /** What is known of an EAP login's User-Names: nothing, that the one in its Access-Accept is proven, or that the one in the request is. */
  readonly outerIdentity: 'unproven' | 'named' | 'verified';
  readonly clock: Clock;
  readonly seen: SeenAuthenticators;
  readonly drops: DropLog;
  /** Told when a server stops answering, and when it answers again. */
  readonly onHealth: (health: ServerHealth) => void;
}

export interface ServerHealth {
  readonly primary: string;
  readonly server: string;
  /** Why it counts as silent; undefined once it answers again. */
  readonly trouble: string | undefined;
}

/** For how long a server that did not answer is asked after the others, in milliseconds. */
const lastFor = 30_000;

/** Ours among the Proxy-States: the same for all requests of this process, since nothing is to be told from it. */
const proxyState: Attribute = { type: Type.proxyState, value: randomOctets(8) };

/** Another RADIUS server (NPS, FreeRADIUS, ...) as primary: RFC 2865 §2.3. */
export class RadiusPrimary implements Primary {
  readonly name: string;
  readonly #options: RadiusPrimaryOptions;
  readonly #servers: readonly RadiusServer[];
  /** Servers that did not answer when they were last asked, and when that was. */
  readonly #silent = new Map<RadiusServer, number>();

  constructor(options: RadiusPrimaryOptions) {
    this.name = options.name;
    this.#options = options;
    this.#servers = options.servers.map((endpoint) => this.#server(endpoint));
  }

  async check(request: PrimaryRequest): Promise<PrimaryResult> {
    const { tries, timeout, clock } = this.#options;
    const tried: string[] = [];
    let asked = false;
    const servers = this.#serversFor(request);
    for (const [index, server] of servers.entries()) {
      const isLast = index === servers.length - 1;
      const after = (servers.length - index - 1) * tries;
      const patience = (sendsLeft: number): number =>
        Math.min(timeout, (request.deadline - clock.monotonic()) / (sendsLeft + after));
      for (let left = tries; left > 0; left--) {
        const exchange = await this.#exchange(server, request, { count: left, patience });
        if (exchange.kind === 'reply') {
          this.#answered(server);
          return this.#resultOf(exchange, server, request);
        }
        asked ||= exchange.kind === 'silence';
        // A server that is being restarted refuses for a moment: where there is no other to turn to, it is given its time.
        const isWorthWaiting = exchange.kind === 'failed' && isLast && left > 1 && patience(left) > 0;
        if (isWorthWaiting) {
          await elapsed(patience(left));
          continue;
        }
        const why = whyNot(exchange, tries);
        tried.push(`${server.address} ${why}`);
        if (exchange.kind !== 'full') this.#failed(server, why);
        break;
      }
    }
    return { kind: 'unreachable', why: tried.join(', '), asked };
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  /** The rest of a conversation is known to the server that asked, and to no other. */
  #serversFor({ conversation }: PrimaryRequest): RadiusServer[] {
    if (!conversation) return this.#inOrder();
    return this.#servers.filter(({ address }) => address === conversation.server);
  }

  #resultOf(
    { reply, requestAuthenticator }: Extract<Exchange, { kind: 'reply' }>,
    { address }: RadiusServer,
    { credential, conversation }: PrimaryRequest,
  ): PrimaryResult {
    const { secret, outerIdentity } = this.#options;
    // The Proxy-States of a reply are echoes: the client's own come back to it from its own request.
    // Its State is for the next request of this conversation: the client gets a State of ours.
    const own = reply.attributes.filter(({ type }) => !ofTheHop.has(type));
    const relayed: Granted[] = reveal(own, { secret, requestAuthenticator });
    switch (reply.code) {
      case Code.accessAccept: {
        const name = firstValue(reply.attributes, Type.userName);
        const eap = credential.kind === 'eap';
        // FreeRADIUS puts the name outside the tunnel there unless told otherwise, and that one is whatever the user wrote.
        const isProven = name !== undefined && name.length > 0 && (!eap || outerIdentity !== 'unproven');
        const person = {
          ...asAsked,
          names: isProven ? [name] : [],
          askedNameProven: !eap || outerIdentity === 'verified',
        };
        return { kind: 'ok', granted: relayed, person };
      }
      case Code.accessChallenge: {
        const state = firstValue(reply.attributes, Type.state);
        const rounds = (conversation?.rounds ?? 0) + 1;
        return { kind: 'challenge', relayed, conversation: { server: address, state, rounds } };
      }
      default:
        return { kind: 'bad', relayed };
    }
  }

  /** As configured, but those that did not answer a moment ago after the others. */
  #inOrder(): RadiusServer[] {
    const since = this.#options.clock.monotonic() - lastFor;
    const isSilent = (server: RadiusServer): boolean => (this.#silent.get(server) ?? -Infinity) > since;
    return [...this.#servers.filter((server) => !isSilent(server)), ...this.#servers.filter(isSilent)];
  }

  #failed(server: RadiusServer, trouble: string): void {
    const { name: primary, clock, onHealth } = this.#options;
    if (!this.#silent.has(server)) onHealth({ primary, server: server.address, trouble });
    this.#silent.set(server, clock.monotonic());
  }

  #answered(server: RadiusServer): void {
    const { name: primary, onHealth } = this.#options;
    if (this.#silent.delete(server)) onHealth({ primary, server: server.address, trouble: undefined });
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

/**
 * The request as it goes upstream: all attributes as they came and in their order, but those that belong to the hop. A password is hidden anew, the
 * State is the server's own, a CHAP challenge that was the Request Authenticator is made explicit (RFC 2865 §5.40), our Proxy-State is last (§5.33).
 */
function forwarded(
  { credential, packet, conversation }: PrimaryRequest,
  secret: SharedSecret,
  requestAuthenticator: Buffer,
): Attribute[] {
  const attributes = packet.attributes
    .filter(({ type }) => type !== Type.messageAuthenticator && type !== Type.state)
    .map((attribute) =>
      attribute.type === Type.userPassword && credential.kind === 'pap'
        ? { type: Type.userPassword, value: hidePassword(credential.password, secret, requestAuthenticator) }
        : attribute,
    );
  const hasChallenge = firstValue(packet.attributes, Type.chapChallenge) !== undefined;
  if (credential.kind === 'chap' && !hasChallenge)
    attributes.push({ type: Type.chapChallenge, value: credential.challenge });
  if (conversation?.state) attributes.push({ type: Type.state, value: conversation.state });
  return [...attributes, proxyState];
}

/** What belongs to the hop that a reply came over, and not to the user. */
const ofTheHop = new Set<number>([Type.messageAuthenticator, Type.proxyState, Type.state]);

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

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
