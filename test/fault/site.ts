import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hotp } from '../../src/factor/oath.ts';
import type { Row } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { Code } from '../peer/packet-bytes.ts';
import { HomeServer, type HomeAnswer } from '../support/home-server.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { ServedProgram, type ServedOptions } from '../support/served-program.ts';
import { query } from '../support/test-transactions.ts';
import { FaultNas, type Patience, type Reached } from './nas.ts';
import { sqlitePlace, type Place } from './place.ts';

export const clientSecret = 'between the NAS and radgate';
export const upstreamSecret = 'between radgate and upstream';
export const password = 'right';

/** Accepts the right password at once. */
const honest: HomeAnswer = (_, typed) => ({
  code: typed.toString() === password ? Code.accessAccept : Code.accessReject,
});

export interface SiteOptions {
  /** Users `user0`, `user1` ..., each with a token that counts (RFC 4226): logins need not wait for the next time step. */
  readonly users: number;
  /** Default: a SQLite file. */
  readonly place?: Place;
  readonly answer?: HomeAnswer;
  /** Keys of `[listen]`; by default a free port. */
  readonly listen?: string;
  /** More keys of the `[[client]]`, more servers of its primary, and whole sections. */
  readonly client?: string;
  readonly servers?: readonly string[];
  readonly more?: string;
}

/** A user's token. */
class CountingToken {
  readonly #key: Buffer;
  #counter = 0;

  constructor(index: number) {
    this.#key = Buffer.from(`key of user ${index}`.padEnd(20, '.'));
  }

  get key(): Buffer {
    return this.#key;
  }

  /** Each code is given once. */
  next(): string {
    return hotp({ key: this.#key, algorithm: 'sha1', digits: 6 }, this.#counter++);
  }
}

/** One radgate, as built, and a device that asks it. */
export interface Node {
  readonly program: ServedProgram;
  readonly nas: FaultNas;
}

/** Nodes of radgate between devices and a home server, with users in a store that the test can look into. */
export class FaultSite {
  readonly #options: SiteOptions;
  readonly place: Place;
  readonly upstream: HomeServer;
  readonly #tokens: readonly CountingToken[];
  /** The last login of each user. */
  readonly #logins = new Map<number, Promise<unknown>>();
  readonly #nodes: { program: ServedProgram; readonly nas: FaultNas }[] = [];

  private constructor(options: SiteOptions, place: Place, upstream: HomeServer) {
    this.#options = options;
    this.place = place;
    this.upstream = upstream;
    this.#tokens = Array.from({ length: options.users }, (_, index) => new CountingToken(index));
  }

  /** Makes the users; nothing runs yet. */
  static async open(options: SiteOptions): Promise<FaultSite> {
    const upstream = await HomeServer.start(upstreamSecret, options.answer ?? honest);
    const site = new FaultSite(options, options.place ?? sqlitePlace(), upstream);
    await site.inStore(async (store) => {
      for (const [index, { key }] of site.#tokens.entries())
        await giveToken(store, { userId: await addUser(store, { names: [`user${index}`] }), key, type: 'hotp' });
    });
    return site;
  }

  /** Starts a node, or starts it anew after its end; its device goes on as it was. */
  async start(index = 0, served: ServedOptions = {}): Promise<Node> {
    const dir = join(this.place.dir, `node${index}`);
    mkdirSync(dir, { recursive: true });
    const program = await ServedProgram.start(dir, this.#config(), served);
    const known = this.#nodes[index];
    if (known) known.program = program;
    else this.#nodes[index] = { program, nas: new FaultNas(clientSecret, () => this.node(index).program.address) };
    return this.node(index);
  }

  node(index = 0): Node {
    const node = this.#nodes[index];
    if (!node) throw new Error(`node ${index} was not started`);
    return node;
  }

  /** A node's radius.conf. */
  configFile(index = 0): string {
    return join(this.place.dir, `node${index}`, 'radius.conf');
  }

  get program(): ServedProgram {
    return this.node().program;
  }

  get nas(): FaultNas {
    return this.node().nas;
  }

  /** A whole login of a user, by the next code, once his login before has ended: a later code than his makes an earlier one a used one. */
  login(index: number, patience?: Patience): Promise<Reached> {
    const login = async (): Promise<Reached> =>
      this.nas.login(`user${index}`, password, () => this.codeOf(index), patience);
    const ended = (this.#logins.get(index) ?? Promise.resolve()).then(login);
    this.#logins.set(index, ended);
    return ended;
  }

  /** A code that this user was not asked for yet. */
  codeOf(index: number): string {
    const token = this.#tokens[index];
    if (!token) throw new Error(`there is no user${index}`);
    return token.next();
  }

  /** Lines of a node's log at `level` or above. */
  lines(level: number, index = 0): { readonly msg: string; readonly level: number }[] {
    return this.node(index)
      .program.output.map((line) => JSON.parse(line) as { msg: string; level: number })
      .filter((line) => line.level >= level);
  }

  rows(sql: string): Promise<readonly Row[]> {
    return this.inStore((store) => store.run(query, { sql }));
  }

  /** Opens the store beside the nodes. */
  async inStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = await this.place.open();
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  async close(): Promise<void> {
    for (const { program, nas } of this.#nodes) {
      await program.kill();
      await nas.close();
    }
    await this.upstream.close();
    this.place.remove();
  }

  #config(): string {
    const { listen = 'auth = ["127.0.0.1:0"]', client = '', more = '', servers = [] } = this.#options;
    return `
[listen]
${listen}
[store]
${this.place.section}
[login]
reject_delay = "0s"
[log]
format = "json"
[[client]]
name = "vpn"
address = "127.0.0.1"
secret = "${clientSecret}"
primary = "upstream"
${client}
[[primary]]
name = "upstream"
type = "radius"
server = ${JSON.stringify([...servers, this.upstream.address])}
secret = "${upstreamSecret}"
${more}
`;
  }
}
