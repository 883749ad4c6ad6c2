import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { PostgresServer } from '../../src/store/postgres-pool.ts';
import { closed, onLines, run, startChild } from '../peer/child.ts';
import { within } from '../peer/deadline.ts';
import { freeTcpPort } from '../peer/free-port.ts';
import { Journal } from '../peer/journal.ts';
import { succeed } from '../peer/radgate.ts';
import { makeTempDir, removeTempDir } from '../peer/temp-dir.ts';
import { postgresBin } from './postgres-bin.ts';

export interface PostgresOptions {
  /** As in postgresql.conf. Default: fsync and the like off, for speed. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files to put beside the data, by name; only the server can read them. */
  readonly files?: Readonly<Record<string, string>>;
}

const fast = { fsync: 'off', full_page_writes: 'off' };

/** A real PostgreSQL on loopback, in a directory of its own. It dies with the tests at the latest. */
export class Postgres {
  readonly port: number;
  /** Of the role `radgate`, which owns the databases. */
  readonly password: string;
  readonly #log = new Journal<string>();
  readonly #dir: string;
  readonly #settings: readonly string[];
  #databases = 0;
  #server: ChildProcessWithoutNullStreams | undefined;

  private constructor(dir: string, port: number, password: string, settings: Readonly<Record<string, string>>) {
    this.#dir = dir;
    this.port = port;
    this.password = password;
    const own = { listen_addresses: '127.0.0.1', port, unix_socket_directories: dir };
    this.#settings = Object.entries({ ...settings, ...own }).map(([name, value]) => `-c${name}=${value}`);
  }

  static async start({ settings = fast, files = {} }: PostgresOptions = {}): Promise<Postgres> {
    const dir = await makeTempDir('postgres');
    const password = randomBytes(12).toString('hex');
    for (const [name, content] of Object.entries({ ...files, password })) {
      await writeFile(join(dir, name), content, { mode: 0o600 });
      await giveToServer(join(dir, name));
    }
    await giveToServer(dir);
    const [command, args] = asServer('initdb', [
      `--pgdata=${join(dir, 'data')}`,
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--username=postgres',
      `--pwfile=${join(dir, 'password')}`,
      '--auth=scram-sha-256',
      '--no-sync',
    ]);
    await succeed(run(command, args, { cwd: dir, milliseconds: 30_000 }));
    const postgres = new Postgres(dir, await freeTcpPort('127.0.0.1'), password, settings);
    await postgres.up();
    await postgres.query('postgres', `CREATE ROLE radgate LOGIN PASSWORD '${password}'`);
    return postgres;
  }

  /** Starts the server again, after `down`. */
  async up(): Promise<void> {
    const [command, args] = asServer('postgres', [`-D${join(this.#dir, 'data')}`, ...this.#settings]);
    const server = startChild(command, args, { cwd: this.#dir, env: { LC_ALL: 'C.UTF-8' } });
    const ready = new Promise<void>((resolve, reject) => {
      onLines(server.stderr, (line) => {
        this.#log.add(line);
        if (line.includes('ready to accept connections')) resolve();
      });
      closed(server).then(
        () => reject(new Error(`postgres ended: ${this.#log.entries.slice(-10).join('\n')}`)),
        reject,
      );
    });
    this.#server = server;
    await within(15_000, 'postgres to be ready', ready);
  }

  /** Ends the server and every connection to it, as the service's restart does. */
  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const end = once(server, 'close');
    server.kill('SIGINT');
    await within(15_000, 'postgres to end', end);
  }

  async remove(): Promise<void> {
    await this.down();
    await removeTempDir(this.#dir);
  }

  /** Makes an empty database that radgate owns, and that sorts text as a language does unless it is told otherwise. @returns its name */
  async createDatabase(): Promise<string> {
    const name = `store_${++this.#databases}`;
    const sorting = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'";
    await this.query('postgres', `CREATE DATABASE ${name} OWNER radgate ${sorting}`);
    return name;
  }

  /** How radgate connects to a database. */
  server(database: string): PostgresServer {
    return {
      host: '127.0.0.1',
      port: this.port,
      user: 'radgate',
      database,
      sslmode: 'disable',
      sslrootcert: undefined,
      password: Buffer.from(this.password),
      durability: 'power',
    };
  }

  /** Runs one statement as the superuser, on a connection of its own. */
  async query(database: string, statement: string): Promise<Record<string, unknown>[]> {
    const client = await this.connect(database);
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** What the server has logged until now. */
  async lines(): Promise<readonly string[]> {
    const mark = `read until ${randomBytes(6).toString('hex')}`;
    await this.query('postgres', `DO $$ BEGIN RAISE LOG '${mark}'; END $$`);
    await this.#log.waitFor((line) => line.includes(mark), 'the mark in its log');
    return [...this.#log.entries];
  }

  /** A connection of the superuser. */
  async connect(database: string): Promise<Client> {
    const { port, password } = this;
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', database, password });
    await client.connect();
    return client;
  }
}

/** The server refuses to run as root: then it runs as Debian's user postgres. */
function asServer(program: string, args: readonly string[]): [command: string, args: string[]] {
  const command = join(postgresBin() ?? '', program);
  if (process.getuid?.() !== 0) return [command, [...args]];
  return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]];
}

async function giveToServer(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { stdout } = await succeed(run('id', ['-u', 'postgres']));
  await chown(path, Number(stdout), -1);
}
