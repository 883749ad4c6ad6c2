import { fillDnTemplate } from '../../distinguished-name.ts';
import { ExpiringCache } from '../../expiring-cache.ts';
import type { UpstreamFigures } from '../../figures/upstream.ts';
import type { Person, Primary, PrimaryRequest, PrimaryResult, Refusal } from '../primary.ts';
import { accountRefusal } from './account-state.ts';
import { bindRefusal, searchRefusal } from './bind-refusal.ts';
import type { LdapConnection, TimeLeft } from './connection.ts';
import { readDomain, type Domain } from './domain.ts';
import { octetsOf } from './entry.ts';
import { findAccount, findBySid, type FoundAccount } from './find-account.ts';
import { hasGroup, isInOneOf, type Group } from './groups.ts';
import { LdapRefused, LdapTrouble, Result } from './ldap-error.ts';
import type { LdapOptions } from './ldap-options.ts';
import type { LdapServer } from './ldap-server.ts';
import { LdapServers } from './ldap-servers.ts';
import { readAccount, readEntry } from './read-account.ts';
import { typedName, typedPassword } from './typed-text.ts';

/** How long the names of groups and of the domain are believed, in milliseconds. */
const namesFor = 300_000;
const maxGroups = 10_000;

/** What a directory knows of a person without a password. */
export type Described =
  | { readonly kind: 'none'; readonly why: string }
  | {
      readonly kind: 'known';
      readonly dn: string;
      readonly person: Person;
      readonly groups: readonly Group[];
      /** Why a login would be refused although the password was right. */
      readonly refusals: readonly { readonly reason: Refusal; readonly why?: string }[];
    };

/** A password that is being tried at one server. */
interface Attempt {
  readonly server: LdapServer;
  readonly name: string;
  readonly password: string;
  readonly left: TimeLeft;
  /** Called when the server is about to see the password. */
  readonly onSend: () => void;
}

/** Active Directory or another LDAP directory as primary: a password is right if a bind with it is a success (RFC 4513 §5.1.3). */
export class LdapPrimary implements Primary {
  readonly name: string;
  readonly #options: LdapOptions;
  readonly #servers: LdapServers;
  readonly #groups: ExpiringCache<Group | null>;
  readonly #domains: ExpiringCache<Domain>;

  constructor(options: LdapOptions) {
    const { name, clock } = options;
    this.name = name;
    this.#options = options;
    this.#servers = new LdapServers(options);
    this.#groups = new ExpiringCache({ max: maxGroups, lifetime: namesFor, clock });
    this.#domains = new ExpiringCache({ max: 1, lifetime: namesFor, clock });
  }

  get servers(): readonly LdapServer[] {
    return this.#servers.all;
  }

  get upstreams(): readonly UpstreamFigures[] {
    return this.#servers.figures;
  }

  async check({ userName, credential, deadline }: PrimaryRequest): Promise<PrimaryResult> {
    if (credential.kind !== 'pap')
      return { kind: 'unsupported', why: 'a directory checks passwords in clear only: set the client to PAP' };
    const password = typedPassword(credential.password, this.#options.passwordEncoding);
    if ('why' in password) return refused('password-wrong', password.why);
    const name = typedName(userName);
    if ('why' in name) return refused('password-wrong', name.why);

    let asked = false;
    const onSend = (): boolean => (asked = true);
    const found = await this.#servers.firstAnswer(deadline, (server, left) =>
      this.#attempt({ server, name: name.text, password: password.text, left, onSend }),
    );
    return 'answer' in found ? found.answer : { kind: 'unreachable', why: found.tried.join(', '), asked };
  }

  /**
   * What the directory knows of a person, for an administrator; no password is tried.
   * @throws LdapTrouble, LdapRefused if no server says
   */
  describe(name: string): Promise<Described> {
    return this.#servers.read((connection, left) => this.#describe(connection, name, left));
  }

  /** Whether there is a group by this name or DN. @throws LdapTrouble, LdapRefused if no server says */
  hasGroup(name: string): Promise<boolean> {
    return this.#servers.read((connection, left) => hasGroup(connection, name, this.#options.directory, left));
  }

  close(): Promise<void> {
    return this.#servers.close();
  }

  async #describe(connection: LdapConnection, typed: string, left: TimeLeft): Promise<Described> {
    const { clock, directory, requireGroup } = this.#options;
    const name = typedName(Buffer.from(typed));
    if ('why' in name) return { kind: 'none', why: name.why };
    const domain = await this.#domain(connection, left);
    const found = await this.#entryOf(connection, name.text, domain, left);
    if (found.kind === 'none') return { kind: 'none', why: found.why };
    const account = await readAccount(connection, found.dn, domain, directory, this.#groups, left).catch(isAbsent);
    if (!account) return { kind: 'none', why: notShown(found.dn) };
    const refusal = accountRefusal(account.entry, directory.kind, false, clock.wall());
    const isIn = requireGroup.length === 0 || isInOneOf(account.groups, requireGroup);
    const refusals = [...(refusal ? [refusal] : []), ...(isIn ? [] : [{ reason: 'not-in-group' } as const])];
    return { kind: 'known', dn: found.dn, person: account.person, groups: account.groups, refusals };
  }

  /** The entry that a login would bind as; Active Directory alone knows that of `bind = "name"`, so there it is looked for. */
  async #entryOf(
    connection: LdapConnection,
    name: string,
    domain: Domain | undefined,
    left: TimeLeft,
  ): Promise<FoundAccount> {
    const { bind, directory } = this.#options;
    if (bind.kind === 'dn') return { kind: 'found', dn: fillDnTemplate(bind.template, name) };
    return findAccount(connection, name, domain, directory, left);
  }

  /** @throws LdapTrouble, LdapRefused if this server can't say */
  #attempt(attempt: Attempt): Promise<PrimaryResult> {
    const { bind } = this.#options;
    switch (bind.kind) {
      case 'search':
        return this.#bySearch(attempt);
      case 'name':
        return this.#byName(attempt, bind.suffix);
      case 'dn':
        return this.#byDn(attempt, fillDnTemplate(bind.template, attempt.name));
    }
  }

  #byDn(attempt: Attempt, dn: string): Promise<PrimaryResult> {
    return this.#tryAs(attempt, dn, async () => ({ kind: 'found', dn }));
  }

  async #bySearch(attempt: Attempt): Promise<PrimaryResult> {
    const { server, name, left } = attempt;
    const found = await server.read(left, async (connection) =>
      findAccount(connection, name, await this.#domain(connection, left), this.#options.directory, left),
    );
    if (found.kind === 'none') return refused('password-wrong', found.why);
    return this.#tryAs(attempt, found.dn, async () => found);
  }

  /**
   * As the name that was typed: which account that is, is Active Directory's to say, and it knows more forms of a name than the ones it is told by.
   * On a connection the first of rootDSE's tokenGroups is the identifier of who it is bound as (MS-ADTS §3.1.1.3.2.22).
   */
  #byName(attempt: Attempt, suffix: string | undefined): Promise<PrimaryResult> {
    const { directory } = this.#options;
    const { name, left } = attempt;
    const isWhole = /[@\\]/.test(name);
    if (!isWhole && suffix === undefined)
      return Promise.resolve(refused('password-wrong', 'the name has no domain, and "upn_suffix" is not set'));
    return this.#tryAs(attempt, isWhole ? name : `${name}@${suffix}`, async (connection) => {
      const attributes = ['tokenGroups'];
      const [root] = await connection.search(
        { base: '', scope: 'base', attributes, binary: attributes, limit: 1 },
        left,
      );
      const [sid] = root ? octetsOf(root, 'tokenGroups') : [];
      if (!sid) throw new LdapTrouble('does not say who is bound (tokenGroups): bind = "name" needs Active Directory');
      return findBySid(connection, sid, directory, left);
    });
  }

  /**
   * Binds, and then reads the account that this was: as the service account, or as the user where there is none.
   * @param accountOf which entry it was, asked on the connection that is bound as it
   */
  async #tryAs(
    attempt: Attempt,
    bindName: string,
    accountOf: (connection: LdapConnection) => Promise<FoundAccount>,
  ): Promise<PrimaryResult> {
    const { server, password, left } = attempt;
    let isBound = false;
    try {
      return await server.tryPassword(bindName, password, attempt, async (own) => {
        isBound = true;
        const found = await accountOf(own);
        if (found.kind === 'none') return refused('account-restricted', `the password was right, but ${found.why}`);
        const read = (connection: LdapConnection): Promise<PrimaryResult> => this.#judge(connection, found.dn, left);
        return this.#options.service ? server.read(left, read) : read(own);
      });
    } catch (error) {
      const refusal = error instanceof LdapRefused ? (isBound ? searchRefusal(error) : bindRefusal(error)) : undefined;
      if (!refusal) throw error;
      return this.#explained(attempt, bindName, refused(refusal.reason, refusal.why));
    }
  }

  /** The password was right: whether the account may log in, and who it is. */
  async #judge(connection: LdapConnection, dn: string, left: TimeLeft): Promise<PrimaryResult> {
    const { directory, requireGroup, clock } = this.#options;
    const domain = await this.#domain(connection, left);
    const account = await readAccount(connection, dn, domain, directory, this.#groups, left).catch(isAbsent);
    if (!account) return refused('account-restricted', notShown(dn));
    const { entry, groups, person } = account;
    const refusal = accountRefusal(entry, directory.kind, true, clock.wall());
    if (refusal) return refused(refusal.reason, refusal.why);
    if (requireGroup.length > 0 && !isInOneOf(groups, requireGroup)) return refused('not-in-group');
    return { kind: 'ok', granted: [], person };
  }

  /** Directories without sub-codes say "invalid credentials" of a locked account too; for the log its state tells. */
  async #explained({ server, left }: Attempt, dn: string, result: PrimaryResult): Promise<PrimaryResult> {
    const { directory, service, clock } = this.#options;
    const isPlain = result.kind === 'bad' && 'reason' in result && result.reason === 'password-wrong';
    if (directory.kind === 'ad' || !service || !isPlain) return result;
    try {
      const entry = await server.read(left, (connection) => readEntry(connection, dn, directory, left));
      const refusal = entry && accountRefusal(entry, directory.kind, false, clock.wall());
      return refusal ? refused(refusal.reason, refusal.why) : result;
    } catch (error) {
      if (error instanceof LdapRefused || error instanceof LdapTrouble) return result;
      throw error;
    }
  }

  /** What the domain is called; undefined where there is none. */
  async #domain(connection: LdapConnection, left: TimeLeft): Promise<Domain | undefined> {
    if (this.#options.directory.kind !== 'ad') return undefined;
    const known = this.#domains.get('');
    if (known) return known;
    const domain = await readDomain(connection, left);
    this.#domains.set('', domain);
    return domain;
  }
}

/** @returns undefined for an entry that is not there @throws what else was the matter */
function isAbsent(error: unknown): undefined {
  if (error instanceof LdapRefused && error.code === Result.noSuchObject) return undefined;
  throw error;
}

function notShown(dn: string): string {
  return `${dn} does not match "user_filter", or is not shown to the account that reads it`;
}

function refused(reason: Refusal, why?: string): PrimaryResult {
  return { kind: 'bad', relayed: undefined, reason, ...(why === undefined ? {} : { why }) };
}
