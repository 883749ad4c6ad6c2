import type { UpstreamFigures } from '../figures/upstream.ts';
import type { SeenAuthenticators } from '../nas/seen-authenticators.ts';
import type { DropLog } from '../observe/drop-log.ts';
import { Code, Type } from '../packet/constants.ts';
import { reveal, type Granted } from '../packet/granted.ts';
import { firstValue, type Attribute } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { hidePassword } from '../packet/user-password.ts';
import { Pool, type PoolAnswer, type PoolOptions } from './pool.ts';
import { asAsked, type Primary, type PrimaryRequest, type PrimaryResult } from './primary.ts';
import { markAttribute } from './proxy-mark.ts';
import { RadiusServer } from './radius-server.ts';

export interface RadiusPrimaryOptions extends Omit<PoolOptions, 'servers'> {
  /** In the order of the config. */
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly secret: SharedSecret;
  /** In their replies: `auto` requires it of a server that was once seen to send it. */
  readonly messageAuthenticator: 'require' | 'auto' | 'off';
  readonly source: string | undefined;
  /** As loadProxyMark gives it. */
  readonly mark: Buffer;
  /** What is known of an EAP login's User-Names: nothing, that the one in its Access-Accept is proven, or that the one in the request is. */
  readonly outerIdentity: 'unproven' | 'named' | 'verified';
  readonly seen: SeenAuthenticators;
  readonly drops: DropLog;
}

/** Another RADIUS server (NPS, FreeRADIUS, ...) as primary: RFC 2865 §2.3. */
export class RadiusPrimary implements Primary {
  readonly name: string;
  readonly #options: RadiusPrimaryOptions;
  readonly #pool: Pool;

  constructor(options: RadiusPrimaryOptions) {
    this.name = options.name;
    this.#options = options;
    this.#pool = new Pool({ ...options, servers: options.servers.map((endpoint) => this.#server(endpoint)) });
  }

  async check(request: PrimaryRequest): Promise<PrimaryResult> {
    const { secret, mark } = this.#options;
    const answer = await this.#pool.ask({
      code: Code.accessRequest,
      attributes: (requestAuthenticator) => forwarded(request, secret, requestAuthenticator, mark),
      deadline: request.deadline,
      // The rest of a conversation is known to the server that asked, and to no other.
      only: request.conversation?.server,
      traced: request.traced,
    });
    if (answer.kind === 'unanswered') return { kind: 'unreachable', why: answer.why, asked: answer.asked };
    return this.#resultOf(answer, request);
  }

  get upstreams(): readonly UpstreamFigures[] {
    return this.#pool.upstreams;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #resultOf(
    { reply, requestAuthenticator, server }: Extract<PoolAnswer, { kind: 'reply' }>,
    { credential, conversation }: PrimaryRequest,
  ): PrimaryResult {
    const { secret, outerIdentity } = this.#options;
    // The Proxy-States of a reply are echoes: the client's own come back to it from its own request.
    // Its State is for the next request of this conversation: the client gets a State of ours.
    const own = reply.attributes.filter(({ type }) => !ofTheHop.has(type));
    const relayed: Granted[] = reveal(own, { secret, requestAuthenticator });
    switch (reply.code) {
      case Code.accessAccept: {
        const eap = credential.kind === 'eap';
        // FreeRADIUS puts the name outside the tunnel there unless told otherwise, and that one is whatever the user wrote. Of several, all must be
        // one person's: one may be that outer one, added to the inner.
        const isProven = !eap || outerIdentity !== 'unproven';
        const said = reply.attributes.filter(({ type, value }) => type === Type.userName && value.length > 0);
        const person = {
          ...asAsked,
          names: isProven ? said.map(({ value }) => value) : [],
          askedNameProven: !eap || outerIdentity === 'verified',
        };
        return { kind: 'ok', granted: relayed, person };
      }
      case Code.accessChallenge: {
        const state = firstValue(reply.attributes, Type.state);
        const rounds = (conversation?.rounds ?? 0) + 1;
        return { kind: 'challenge', relayed, conversation: { server, state, rounds } };
      }
      default:
        return { kind: 'bad', relayed };
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
  mark: Buffer,
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
  return [...attributes, markAttribute(mark)];
}

/** What belongs to the hop that a reply came over, and not to the user. */
const ofTheHop = new Set<number>([Type.messageAuthenticator, Type.proxyState, Type.state]);
