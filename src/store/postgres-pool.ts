import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Pool, TypeOverrides, types } from 'pg';

export interface PostgresServer {
  /** A name, an address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** As in libpq: no TLS; TLS with anyone; with a certificate of the authority; which also names the host. */
  readonly sslmode: 'disable' | 'require' | 'verify-ca' | 'verify-full';
  /** The file of the certificate authority; without it, those that Node.js trusts. */
  readonly sslrootcert: string | undefined;
  readonly password: Buffer | undefined;
  /** `power`: a commit is on the server's disk (fsync) before it counts; `process`: a crash of the server may lose the last second. */
  readonly durability: 'process' | 'power';
}

export interface PostgresTimeouts {
  /** To connect, or to wait for a connection of the pool, in milliseconds. */
  readonly connect: number;
  /** For each statement, its waiting for locks included, in milliseconds. */
  readonly statement: number;
}

/** Connections at once, at most; PostgreSQL allows 100 altogether unless told otherwise. */
const poolSize = 10;
/** How long a connection is kept that nobody uses, in milliseconds. */
const idleTimeout = 60_000;
/** How long a connection is silent before the system asks whether its other end is still there, in milliseconds. */
const keepAliveDelay = 10_000;

/**
 * Connections to a server, made as they are needed. A statement that is too long is ended by the server; if the server does not answer at all,
 * the connection is given up a quarter of that time later. @throws Error if the file of the certificate authority can't be read
 */
export function createPostgresPool(server: PostgresServer, timeouts: PostgresTimeouts): Pool {
  const { host, port, user, database, password, durability } = server;
  const pool = new Pool({
    host,
    port,
    user,
    database,
    // A function, so that neither pg's objects nor PGPASSWORD hold a password.
    password: () => {
      if (!password) throw new Error('the server asks for a password, and [store] has none');
      return password.toString();
    },
    ssl: tlsOf(server),
    application_name: 'radgate',
    options: `-c synchronous_commit=${durability === 'power' ? 'on' : 'off'}`,
    types: parsers,
    max: poolSize,
    idleTimeoutMillis: idleTimeout,
    allowExitOnIdle: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelay,
    connectionTimeoutMillis: timeouts.connect,
    statement_timeout: timeouts.statement,
    lock_timeout: Math.ceil(timeouts.statement * 0.75),
    idle_in_transaction_session_timeout: timeouts.statement * 5,
    query_timeout: Math.ceil(timeouts.statement * 1.25),
  });
  // A connection that breaks while nobody uses it is replaced when one is needed; in use, its statement tells.
  const ignore = (): void => undefined;
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

/** Ends the connections. One whose server does not answer keeps nobody waiting, nor the program from ending. @param timeout in milliseconds */
export async function endPostgresPool(pool: Pool, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeout)));
  await Promise.race([pool.end(), elapsed]);
  clearTimeout(timer);
}

function tlsOf({ sslmode, sslrootcert }: PostgresServer): ConnectionOptions | false {
  if (sslmode === 'disable') return false;
  if (sslmode === 'require') return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    ...(sslrootcert === undefined ? {} : { ca: readFileSync(sslrootcert) }),
    ...(sslmode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** Values as SQLite gives them: every number a number, a condition 1 or 0. */
const parsers = new TypeOverrides();
const { BOOL, INT8, NUMERIC } = types.builtins;
parsers.setTypeParser(BOOL, (text) => (text === 't' ? 1 : 0));
parsers.setTypeParser(INT8, Number);
parsers.setTypeParser(NUMERIC, Number);
