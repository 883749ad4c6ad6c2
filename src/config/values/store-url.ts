import { isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { secretKeys } from '../read-secret.ts';
import { serverEndpoint } from './endpoint.ts';

/** How far the server's TLS certificate is believed; named as in PostgreSQL's own clients. */
const sslmodes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

export interface SqliteUrl {
  readonly driver: 'sqlite';
  /** Of the database file; absolute. */
  readonly path: string;
}

export interface PostgresUrl {
  readonly driver: 'postgres';
  /** A host name, an IP address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly sslmode: (typeof sslmodes)[number];
  /** The file of the certificate authority; absolute. */
  readonly sslrootcert: string | undefined;
}

/** Where the store is. */
export type StoreUrl = SqliteUrl | PostgresUrl;

const must = 'must be "sqlite:/path/of/the/file.db" or "postgres://user@host/database"';
const defaultPort = 5432;

/** The store's address: `sqlite:` and the path of its file, or a PostgreSQL database, in the form that its own clients take. */
export const storeUrl: ValueType<StoreUrl> = {
  notation: '`"sqlite:/path"` or `"postgres://user@host:port/database"`',
  schema: z.string(must).transform((text, context): StoreUrl => {
    const read = /^postgres(ql)?:/i.test(text) ? postgresUrl(text) : sqliteUrl(text);
    if (typeof read !== 'string') return read;
    context.addIssue(read);
    return z.NEVER;
  }),
  resolve: (url, dir) => {
    if (url.driver === 'sqlite') return { ...url, path: resolve(dir, url.path) };
    return { ...url, sslrootcert: url.sslrootcert && resolve(dir, url.sslrootcert) };
  },
};

/** Nothing that goes there leaves this host. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** @returns what is wrong with it, if something is */
function sqliteUrl(text: string): SqliteUrl | string {
  // "sqlite:///path" is the same with an empty host; "sqlite://path" would name a host.
  const path = /^sqlite:(?:\/\/(?=\/))?(?!\/\/)([^\0]*[^\0/])$/.exec(text)?.[1];
  return path === undefined || path === ':memory:' ? must : { driver: 'sqlite', path };
}

function postgresUrl(text: string): PostgresUrl | string {
  if (!URL.canParse(text)) return must;
  const url = new URL(text);
  if (url.password !== '') {
    const keys = secretKeys('password').map((key) => `"${key}"`);
    return `must not hold the password: give it as one of ${keys.join(', ')}`;
  }
  const user = decoded(url.username);
  const database = decoded(url.pathname.slice(1));
  const address = addressOf(url);
  if (!user || !database || database.includes('/') || !address || url.hash !== '') return must;
  const { sslmode: given, sslrootcert, ...others } = Object.fromEntries(url.searchParams);
  if (Object.keys(others).length > 0) return 'must have no parameters but sslmode and sslrootcert';
  const usual = isLocal(address.host) && sslrootcert === undefined ? 'disable' : 'verify-full';
  const sslmode = sslmodes.find((mode) => mode === (given ?? usual));
  if (!sslmode) return `must have one of ${sslmodes.join(', ')} as its sslmode`;
  if (sslrootcert !== undefined && !sslmode.startsWith('verify-'))
    return `must have no sslrootcert, which sslmode=${sslmode} does not look at`;
  return { driver: 'postgres', ...address, user, database, sslmode, sslrootcert };
}

/** A socket's directory is written as a host, with its slashes as `%2F`. */
function addressOf({ hostname, port }: URL): Pick<PostgresUrl, 'host' | 'port'> | undefined {
  const socket = decoded(hostname);
  if (socket?.startsWith('/')) return { host: socket, port: Number(port || defaultPort) };
  return serverEndpoint.schema.safeParse(`${hostname}:${port || defaultPort}`).data;
}

function decoded(text: string): string | undefined {
  try {
    const octets = decodeURIComponent(text);
    return octets.includes('\0') ? undefined : octets;
  } catch {
    return undefined;
  }
}
