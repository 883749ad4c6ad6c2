import type { UpstreamFigures } from '../figures/upstream.ts';
import { Code, Type } from '../packet/constants.ts';
import type { Attribute } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { Pool, type PoolOptions } from '../primary/pool.ts';
import { RadiusServer } from '../primary/radius-server.ts';
import { randomOctets } from '../random.ts';
import type { Accounting, AccountingReport } from './accounting.ts';

export interface RelayedAccountingOptions extends Omit<PoolOptions, 'servers' | 'probe'> {
  /** In the order in which they are asked. */
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly secret: SharedSecret;
  readonly source: string | undefined;
  /** Told of replies that were not believed. */
  readonly onForged: (server: string, explain: string) => void;
}

/** Ours among the Proxy-States: RFC 2866 §2.3. */
const proxyState: Attribute = { type: Type.proxyState, value: randomOctets(8) };

/** Accounting servers upstream: what was reported is kept once one of them says so (RFC 2866 §2.3). */
export class RelayedAccounting implements Accounting {
  readonly #pool: Pool;

  constructor(options: RelayedAccountingOptions) {
    const { servers, secret, source, onForged } = options;
    this.#pool = new Pool({
      ...options,
      // A silent one is found out by the reports themselves, which come all the time.
      probe: undefined,
      servers: servers.map(({ host, port }) => {
        const server: RadiusServer = new RadiusServer({
          host,
          port,
          secret,
          source,
          // All of the reply is signed by its Response Authenticator, and there is nothing in it to be forged.
          acceptsUnsigned: () => true,
          onSigned: () => undefined,
          onForged: (explain) => onForged(server.address, explain),
        });
        return server;
      }),
    });
  }

  async keep({ packet, deadline }: AccountingReport): Promise<string | undefined> {
    const own = packet.attributes.filter(({ type }) => type !== Type.messageAuthenticator);
    const attributes = (): readonly Attribute[] => [...own, proxyState];
    const answer = await this.#pool.ask({ code: Code.accountingRequest, attributes, deadline, only: undefined });
    return answer.kind === 'reply' ? undefined : answer.why;
  }

  get upstreams(): readonly UpstreamFigures[] {
    return this.#pool.upstreams;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
