import { buildLdap } from '../../build/build-primary.ts';
import type { Primary as PrimaryConfig } from '../../config/schema.ts';
import { LdapRefused, LdapTrouble } from '../../primary/ldap/ldap-error.ts';
import { asAsked, type Person, type Primary, type PrimaryRequest, type PrimaryResult } from '../../primary/primary.ts';

/** A primary that takes any credential for right without looking at it: it says whose the name is, as far as that shows without a password. */
export class DescribedPrimary implements Primary {
  readonly #config: PrimaryConfig;
  readonly #groups: readonly string[];
  readonly #attributes: readonly string[];
  readonly #notes: string[] = [];

  /** @param groups given in place of those of a directory @param attributes as replyAttributes gives them */
  constructor(config: PrimaryConfig, groups: readonly string[], attributes: readonly string[]) {
    this.#attributes = attributes;
    this.#config = config;
    this.#groups = groups;
  }

  get name(): string {
    return this.#config.name;
  }

  /** What is not known, and why the primary would refuse although the password was right. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  async check({ userName }: PrimaryRequest): Promise<PrimaryResult> {
    const person = await this.#person(userName.toString());
    return { kind: 'ok', granted: [], person: { ...person, groups: [...person.groups, ...this.#groups] } };
  }

  async close(): Promise<void> {}

  async #person(name: string): Promise<Person> {
    const config = this.#config;
    if (config.type === 'radius') this.#notes.push(`${config.name} is not asked: its reply may carry more attributes.`);
    if (config.type !== 'ldap') return asAsked;
    if (config.bind_dn === undefined) return this.#unknown('it has no bind_dn, so it tells nothing without a password');
    const directory = buildLdap(config, this.#attributes, () => undefined);
    try {
      const described = await directory.describe(name);
      if (described.kind === 'none') return this.#unknown(`it shows no such user: ${described.why}`);
      const refusals = described.refusals.map(({ reason, why }) => (why === undefined ? reason : `${reason} (${why})`));
      if (refusals.length > 0) this.#notes.push(`${config.name} would refuse: ${refusals.join(', ')}.`);
      return described.person;
    } catch (error) {
      if (error instanceof LdapTrouble) return this.#unknown(error.message);
      if (error instanceof LdapRefused) return this.#unknown(`it answers with ${error.message}`);
      throw error;
    } finally {
      await directory.close();
    }
  }

  #unknown(why: string): Person {
    this.#notes.push(
      this.#groups.length > 0
        ? `The groups of ${this.name} are those of --group: ${why}.`
        : `The groups of ${this.name} are not known, and count as none (--group gives them): ${why}.`,
    );
    return asAsked;
  }
}
