import { buildLdap } from '../app.ts';
import type { LdapPrimary as LdapConfig } from '../config/schema.ts';
import { LdapRefused, LdapTrouble } from '../primary/ldap/ldap-error.ts';
import type { Described, LdapPrimary } from '../primary/ldap/ldap.ts';
import type { LdapServer } from '../primary/ldap/ldap-server.ts';
import type { Checked } from './check-connections.ts';

export interface CheckedDirectory {
  readonly name: string;
  readonly servers: readonly (Checked & { readonly address: string })[];
  /** What it knows of the user that was asked for. */
  readonly user?: Described;
}

/** Asks each server of a directory for its base, as the service account; and the first that answers for a user. No password of a user is tried. */
export async function checkDirectory(config: LdapConfig, user: string | undefined): Promise<CheckedDirectory> {
  const directory = buildLdap(config, () => undefined);
  try {
    const servers = await Promise.all(directory.servers.map((server) => checkServer(server, config)));
    const described = user === undefined || !servers.some(({ ok }) => ok) ? undefined : await describe(directory, user);
    return { name: config.name, servers, ...(described ? { user: described } : {}) };
  } finally {
    await directory.close();
  }
}

async function checkServer(
  server: LdapServer,
  { base_dn, timeout, bind_dn }: LdapConfig,
): Promise<CheckedDirectory['servers'][number]> {
  const { address } = server;
  const started = performance.now();
  const left = (): number => timeout - (performance.now() - started);
  try {
    const search = { base: base_dn, scope: 'base', attributes: ['1.1'], limit: 1 } as const;
    const [base] = await server.read(left, (connection) => connection.search(search, left));
    const milliseconds = Math.round(performance.now() - started);
    const as = bind_dn === undefined ? 'as nobody' : `as ${bind_dn}`;
    if (base) return { address, ok: true, message: `answers ${as}, and shows base_dn (${milliseconds} ms)` };
    return {
      address,
      ok: false,
      message: `answers ${as}, and does not show ${base_dn}: is base_dn right, and may it be read?`,
    };
  } catch (error) {
    return { address, ok: false, message: reasonOf(error) };
  }
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
