import type { Tally } from '../../figures/tally.ts';
import { Timings } from '../../figures/timings.ts';
import { newAsked, type Asked, type UpstreamFigures } from '../../figures/upstream.ts';
import type { LdapConnection, TimeLeft } from './connection.ts';
import { LdapRefused, LdapTrouble } from './ldap-error.ts';
import type { LdapOptions } from './ldap-options.ts';
import { LdapServer } from './ldap-server.ts';

/** For how long a server that did not answer is asked after the others, in milliseconds: a login after it finds out whether it is back. */
const lastFor = 10_000;

/** The servers of one directory, asked in turn: those that did not answer a moment ago after the others. */
export class LdapServers {
  /** In the order of the config. */
  readonly all: readonly LdapServer[];
  readonly #options: LdapOptions;
  readonly #figures: ReadonlyMap<LdapServer, { readonly asked: Tally; readonly took: Timings; outstanding: number }>;
  /** Those that did not answer when they were last asked, and when that was. */
  readonly #silent = new Map<LdapServer, number>();

  constructor(options: LdapOptions) {
    this.#options = options;
    this.all = options.servers.map((endpoint) => new LdapServer(endpoint, options));
    this.#figures = new Map(
      this.all.map((server) => [server, { asked: newAsked(), took: new Timings(), outstanding: 0 }]),
    );
  }

  /** Asks them in turn for a login. @param deadline of all together @returns what each said of itself where none answered */
  async firstAnswer<T>(
    deadline: number,
    ask: (server: LdapServer, left: TimeLeft) => Promise<T>,
  ): Promise<{ readonly answer: T } | { readonly tried: readonly string[] }> {
    const tried: string[] = [];
    for (const [server, left] of this.#inTurn(deadline)) {
      try {
        const answer = await this.#measured(server, () => ask(server, left));
        this.#answered(server);
        return { answer };
      } catch (error) {
        tried.push(`${server.address} ${this.#failed(server, error)}`);
      }
    }
    return { tried };
  }

  /**
   * Asks them in turn what no login waits for.
   * @throws LdapTrouble, LdapRefused if none says
   */
  async read<T>(question: (connection: LdapConnection, left: TimeLeft) => Promise<T>): Promise<T> {
    const { clock, timeout } = this.#options;
    let last: unknown;
    for (const [server, left] of this.#inTurn(clock.monotonic() + timeout * this.all.length)) {
      try {
        return await server.read(left, (connection) => question(connection, left));
      } catch (error) {
        this.#failed(server, error);
        last = error;
      }
    }
    throw last;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((server) => server.close()));
  }

  /** What is known of each server, in the order of the config. */
  get figures(): readonly UpstreamFigures[] {
    return Array.from(this.#figures, ([server, { outstanding, asked, took }]) => ({
      server: server.address,
      isUp: !this.#silent.has(server),
      isHopeful: !this.#isSilent(server),
      outstanding,
      asked,
      took,
    }));
  }

  /** Counts what a server is asked for a login. */
  async #measured<T>(server: LdapServer, ask: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const figures = this.#figures.get(server);
    const began = clock.monotonic();
    if (figures) figures.outstanding++;
    let result: Asked = 'failed';
    try {
      const answer = await ask();
      result = 'answered';
      figures?.took.add(clock.monotonic() - began);
      return answer;
    } finally {
      if (figures) figures.outstanding--;
      figures?.asked.add(result);
    }
  }

  /** Each server with the time it has: those that are left share what is left of the deadline. */
  *#inTurn(deadline: number): Generator<[LdapServer, TimeLeft]> {
    const { clock, timeout } = this.#options;
    const servers = this.#inOrder();
    for (const [i, server] of servers.entries()) {
      const now = clock.monotonic();
      const until = now + Math.min(timeout, (deadline - now) / (servers.length - i));
      yield [server, () => until - clock.monotonic()];
    }
  }

  /** As configured, but those that did not answer a moment ago after the others. */
  #inOrder(): LdapServer[] {
    const isSilent = (server: LdapServer): boolean => this.#isSilent(server);
    return [...this.all.filter((server) => !isSilent(server)), ...this.all.filter(isSilent)];
  }

  #isSilent(server: LdapServer): boolean {
    return (this.#silent.get(server) ?? -Infinity) > this.#options.clock.monotonic() - lastFor;
  }

  /** @returns what was the matter @throws what is no trouble of a server */
  #failed(server: LdapServer, error: unknown): string {
    if (!(error instanceof LdapTrouble || error instanceof LdapRefused)) throw error;
    const { name: primary, clock, onHealth } = this.#options;
    const trouble = error instanceof LdapRefused ? `answered with ${error.message}` : error.message;
    if (!this.#silent.has(server)) onHealth({ primary, server: server.address, trouble });
    this.#silent.set(server, clock.monotonic());
    return trouble;
  }

  #answered(server: LdapServer): void {
    const { name: primary, onHealth } = this.#options;
    if (this.#silent.delete(server)) onHealth({ primary, server: server.address, trouble: undefined });
  }
}
