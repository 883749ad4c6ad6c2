import type { Section, SectionValues } from './row.ts';
import { accounting } from './sections/accounting.ts';
import { approval } from './sections/approval.ts';
import { audit } from './sections/audit.ts';
import { client } from './sections/client.ts';
import { control } from './sections/control.ts';
import { deliver } from './sections/deliver.ts';
import { group } from './sections/group.ts';
import { hotp } from './sections/hotp.ts';
import { listen } from './sections/listen.ts';
import { lockout } from './sections/lockout.ts';
import { log } from './sections/log.ts';
import { login } from './sections/login.ts';
import { metrics } from './sections/metrics.ts';
import { policy } from './sections/policy.ts';
import { primary } from './sections/primary.ts';
import { realm } from './sections/realm.ts';
import { provider } from './sections/provider.ts';
import { siem } from './sections/siem.ts';
import { store } from './sections/store.ts';
import { totp } from './sections/totp.ts';
import { web } from './sections/web.ts';

/** Every section of radius.conf, in the order of radius.conf.example. */
export const schema = {
  listen,
  store,
  login,
  lockout,
  totp,
  hotp,
  deliver,
  approval,
  web,
  control,
  metrics,
  log,
  audit,
  accounting,
  client,
  primary,
  realm,
  provider,
  siem,
  group,
  policy,
} as const satisfies Record<string, Section>;

type Schema = typeof schema;
type One<S extends Section> = SectionValues<S>;

/** radius.conf, validated and frozen. Sections and options have the names of the file; durations are milliseconds, paths absolute. */
export type Config = {
  readonly [S in keyof Schema]: Schema[S]['many'] extends true ? readonly One<Schema[S]>[] : One<Schema[S]>;
};

/** One `[[client]]`. */
export type Client = Config['client'][number];
/** One `[[primary]]` of any type. */
export type Primary = Config['primary'][number];
/** One `[[primary]]` of type "radius". */
export type RadiusPrimary = Extract<Primary, { readonly type: 'radius' }>;
/** One `[[primary]]` of type "ldap". */
export type LdapPrimary = Extract<Primary, { readonly type: 'ldap' }>;

/** One `[[provider]]` of any type. */
export type Provider = Config['provider'][number];

type Writable<T> = { -readonly [K in keyof T]?: T[K] | undefined };

/** A Config in the making: whatever could be read, so that the rules across options can be checked in spite of other errors. */
export type Draft = {
  [S in keyof Config]: Config[S] extends readonly (infer Item)[] ? Writable<Item>[] | undefined : Writable<Config[S]>;
};

/** How a section is written: `[login]`, `[[client]]`, and with a name `[[client]] "vpn"`. */
export function titleOf(section: string, name?: unknown): string {
  const many = Object.hasOwn(schema, section) && schema[section as keyof Schema].many;
  const title = many ? `[[${section}]]` : `[${section}]`;
  return typeof name === 'string' && name.length <= 64 ? `${title} ${JSON.stringify(name)}` : title;
}
