import { isIPv6 } from 'node:net';
import { ConnectionPool } from './connection-pool.ts';
import { LdapConnection, type LdapEndpoint, type TimeLeft } from './connection.ts';
import { LdapRefused, LdapTrouble } from './ldap-error.ts';
import type { LdapOptions } from './ldap-options.ts';
import { Slots } from './slots.ts';

/** Passwords that are tried at one server at once, at most; each has a connection of its own. */
const maxBinds = 64;
/** Those that wait for it, at most. */
const maxWaiting = 1_000;

/** One server of a directory: connections that read, bound as the service account, and those on which users prove themselves. */
export class LdapServer {
  /** As in the config: `ldaps://dc1.corp.example:636`. */
  readonly address: string;
  readonly #endpoint: LdapEndpoint;
  readonly #options: LdapOptions;
  readonly #pool: ConnectionPool;
  readonly #binds = new Slots(maxBinds, maxWaiting);

  constructor(endpoint: LdapEndpoint, options: LdapOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.address = addressOf(endpoint);
    this.#pool = new ConnectionPool((left) => this.connect(left));
  }

  /** Reads as the service account, or as nobody where there is none. @throws LdapRefused, LdapTrouble */
  read<T>(left: TimeLeft, task: (connection: LdapConnection) => Promise<T>): Promise<T> {
    return this.#pool.use(left, task);
  }

  /**
   * Tries a password on a connection of its own, which `then` may use further as that user.
   * @param onSend called when the server is about to see the password
   * @throws LdapRefused, LdapTrouble of the bind and of `then`
   */
  tryPassword<T>(
    name: string,
    password: string,
    { left, onSend }: { readonly left: TimeLeft; readonly onSend: () => void },
    then: (connection: LdapConnection) => Promise<T>,
  ): Promise<T> {
    return this.#binds.run(left, async () => {
      const connection = await this.#open(left);
      try {
        onSend();
        await connection.bind(name, password, left);
        return await then(connection);
      } finally {
        await connection.close();
      }
    });
  }

  /** A connection that is bound as the service account, if there is one. @throws LdapTrouble */
  async connect(left: TimeLeft): Promise<LdapConnection> {
    const { service } = this.#options;
    const connection = await this.#open(left);
    if (!service) return connection;
    try {
      await connection.bind(service.name, service.password, left);
      return connection;
    } catch (error) {
      connection.destroy();
      if (error instanceof LdapRefused) throw new LdapTrouble(`refuses bind_dn or bind_password (${error.message})`);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #open(left: TimeLeft): Promise<LdapConnection> {
    const { startTls, ca, tlsMinVersion } = this.#options;
    return LdapConnection.open({ endpoint: this.#endpoint, startTls, ca, tlsMinVersion }, left);
  }
}

/** @returns it as a URL, with its port */
function addressOf({ scheme, host, port }: LdapEndpoint): string {
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
