import type { Clock } from '../../clock.ts';
import type { LdapEndpoint } from './connection.ts';

/** What kind of directory it is: how it tells of accounts and groups. */
export type DirectoryKind = 'ad' | 'openldap' | 'freeipa';

/** The account that reads the directory. */
export interface ServiceAccount {
  readonly name: string;
  readonly password: string;
}

/** How people are found in a directory and what is read of them. */
export interface DirectoryOptions {
  readonly kind: DirectoryKind;
  readonly base: string;
  /** Where groups are; default the base. */
  readonly groupBase: string;
  /** One of these holds the name that the user typed. */
  readonly userAttributes: readonly string[];
  /** RFC 4515; who does not match is nobody. */
  readonly userFilter: string;
  /** These hold the names that the person is known by. */
  readonly nameAttributes: readonly string[];
  /** Of the first that has a value it is taken. */
  readonly phoneAttributes: readonly string[];
  readonly mailAttributes: readonly string[];
  /** What rules give back, in lower case. */
  readonly replyAttributes: readonly string[];
}

/** How a password is tried. */
export type BindWay =
  /** The entry is looked for, and bound as. */
  | { readonly kind: 'search' }
  /** As the user types it, `user@suffix` or `DOMAIN\user`; a bare name gets the suffix. */
  | { readonly kind: 'name'; readonly suffix: string | undefined }
  | { readonly kind: 'dn'; readonly template: string };

export interface ServerHealth {
  readonly primary: string;
  readonly server: string;
  /** Why it counts as silent; undefined once it answers again. */
  readonly trouble: string | undefined;
}

export interface LdapOptions {
  readonly name: string;
  /** In the order in which they are asked. */
  readonly servers: readonly LdapEndpoint[];
  readonly startTls: boolean;
  readonly ca: string | Buffer | undefined;
  readonly tlsMinVersion: '1.2' | '1.3';
  /** Of each server for the whole of a login, in milliseconds; shorter if the deadline asks it. */
  readonly timeout: number;
  readonly service: ServiceAccount | undefined;
  readonly bind: BindWay;
  readonly directory: DirectoryOptions;
  /** Who is in none of these, by name or DN, is refused; empty lets everyone in. */
  readonly requireGroup: readonly string[];
  readonly passwordEncoding: 'utf-8' | 'latin1';
  readonly clock: Clock;
  /** Told when a server stops answering, and when it answers again. */
  readonly onHealth: (health: ServerHealth) => void;
}
