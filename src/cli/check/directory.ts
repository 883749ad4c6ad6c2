import { buildLdap } from '../../build/build-primary.ts';
import type { LdapPrimary as LdapConfig } from '../../config/schema.ts';
import { LdapRefused, LdapTrouble, Result } from '../../primary/ldap/ldap-error.ts';
import type { Described, LdapPrimary } from '../../primary/ldap/ldap.ts';
import type { LdapServer } from '../../primary/ldap/ldap-server.ts';
import type { Checked } from './checked.ts';

export interface CheckedDirectory {
  readonly name: string;
  readonly servers: readonly (Checked & { readonly address: string })[];
  /** What it knows of the user that was asked for. */
  readonly user?: Described;
}

/** How a server that answers says that it wants to know who asks: RFC 4511 §4.1.9. Active Directory and slapd do so, each with codes of its own. */
const wantsToKnowWho: ReadonlySet<number> = new Set([
  Result.operationsError,
  Result.strongerAuthRequired,
  Result.inappropriateAuthentication,
  Result.insufficientAccessRights,
]);

/**
 * Asks each server of a directory for its base, as the service account; and the first that answers for a user. No password of a user is tried, so where
 * users are bound without a service account it is only seen that a server is there.
 */
export async function checkDirectory(config: LdapConfig, user: string | undefined): Promise<CheckedDirectory> {
  const directory = buildLdap(config, [], () => undefined);
  const check = config.bind_dn === undefined && config.bind !== 'search' ? checkIsThere : checkBase;
  try {
    const servers = await Promise.all(directory.servers.map((server) => check(server, config)));
    const described = user === undefined || !servers.some(({ ok }) => ok) ? undefined : await describe(directory, user);
    return { name: config.name, servers, ...(described ? { user: asWhom(described, config) } : {}) };
  } finally {
    await directory.close();
  }
}

type CheckedServer = CheckedDirectory['servers'][number];

async function checkBase(server: LdapServer, { base_dn, timeout, bind_dn }: LdapConfig): Promise<CheckedServer> {
  const { address } = server;
  const { left, passed } = timer(timeout);
  const as = bind_dn === undefined ? 'as nobody' : `as ${bind_dn}`;
  const hidden = `answers ${as}, and does not show ${base_dn}: is base_dn right, and may it be read?`;
  try {
    const search = { base: base_dn, scope: 'base', attributes: ['1.1'], limit: 1 } as const;
    const [base] = await server.read(left, (connection) => connection.search(search, left));
    if (!base) return { address, ok: false, message: hidden };
    return { address, ok: true, message: `answers ${as}, and shows base_dn (${passed()} ms)` };
  } catch (error) {
    const isHidden = error instanceof LdapRefused && error.code === Result.noSuchObject;
    return { address, ok: false, message: isHidden ? hidden : reasonOf(error) };
  }
}

/** Asks for rootDSE, which any server has for anybody (RFC 4512 §5.1): a base may be for those alone who have logged in. */
async function checkIsThere(server: LdapServer, { timeout }: LdapConfig): Promise<CheckedServer> {
  const { address } = server;
  const { left, passed } = timer(timeout);
  const message = (): string =>
    `answers (${passed()} ms); there is no bind_dn, so whether users may read their entries below base_dn shows when they log in`;
  try {
    await server.read(left, (connection) =>
      connection.search({ base: '', scope: 'base', attributes: ['1.1'], limit: 1 }, left),
    );
    return { address, ok: true, message: message() };
  } catch (error) {
    if (error instanceof LdapRefused && wantsToKnowWho.has(error.code))
      return { address, ok: true, message: message() };
    return { address, ok: false, message: reasonOf(error) };
  }
}

function timer(timeout: number): { readonly left: () => number; readonly passed: () => number } {
  const started = performance.now();
  const passed = (): number => Math.round(performance.now() - started);
  return { left: () => timeout - (performance.now() - started), passed };
}

/** What a directory does not tell nobody, it may tell a service account. */
function asWhom(described: Described, { bind_dn }: LdapConfig): Described {
  if (described.kind === 'known' || bind_dn !== undefined) return described;
  return { kind: 'none', why: `${described.why} (asked as nobody, for there is no bind_dn)` };
}

async function describe(directory: LdapPrimary, user: string): Promise<Described> {
  try {
    return await directory.describe(user);
  } catch (error) {
    return { kind: 'none', why: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof LdapTrouble) return error.message;
  if (error instanceof LdapRefused) return `answers with ${error.message}`;
  throw error;
}
