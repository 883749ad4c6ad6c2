import type { LdapConnection, TimeLeft } from './connection.ts';
import { LdapTrouble } from './ldap-error.ts';
import { Slots } from './slots.ts';

/** Connections at once, at most: a question takes milliseconds. */
const poolSize = 8;
/** Questions that wait for one of them, at most. */
const maxWaiting = 1_000;
/** How long a connection is kept that nobody uses, in milliseconds: shorter than firewalls forget it in. */
const idleTimeout = 30_000;

/** Connections that are bound as the service account, made as they are needed. */
export class ConnectionPool {
  readonly #connect: (left: TimeLeft) => Promise<LdapConnection>;
  readonly #slots = new Slots(poolSize, maxWaiting);
  /** Those that nobody uses, and what closes them in time. */
  readonly #idle = new Map<LdapConnection, NodeJS.Timeout>();
  #closed = false;

  /** @param connect makes one, bound */
  constructor(connect: (left: TimeLeft) => Promise<LdapConnection>) {
    this.#connect = connect;
  }

  /** @param task asks and changes nothing: on a connection that turns out to be closed it is begun again @throws LdapRefused, LdapTrouble */
  async use<T>(left: TimeLeft, task: (connection: LdapConnection) => Promise<T>): Promise<T> {
    return this.#slots.run(left, async () => {
      const kept = this.#take();
      if (!kept) return this.#run(await this.#open(left), task);
      try {
        return await this.#run(kept, task);
      } catch (error) {
        // The server may have closed it while it was idle, and the news came with the question.
        if (!(error instanceof LdapTrouble) || kept.isOpen || left() <= 0) throw error;
        return this.#run(await this.#open(left), task);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#idle.keys()];
    for (const connection of all) this.#forget(connection);
    await Promise.all(all.map((connection) => connection.close()));
  }

  async #open(left: TimeLeft): Promise<LdapConnection> {
    const connection = await this.#connect(left);
    connection.onClosed(() => this.#forget(connection));
    return connection;
  }

  async #run<T>(connection: LdapConnection, task: (connection: LdapConnection) => Promise<T>): Promise<T> {
    try {
      return await task(connection);
    } catch (error) {
      if (error instanceof LdapTrouble) connection.destroy();
      throw error;
    } finally {
      this.#keep(connection);
    }
  }

  #take(): LdapConnection | undefined {
    for (const connection of this.#idle.keys()) {
      this.#forget(connection);
      if (connection.isOpen) return connection;
    }
    return undefined;
  }

  #keep(connection: LdapConnection): void {
    if (this.#closed || !connection.isOpen) return connection.destroy();
    const timer = setTimeout(() => {
      this.#idle.delete(connection);
      void connection.close();
    }, idleTimeout).unref();
    this.#idle.set(connection, timer);
  }

  #forget(connection: LdapConnection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
  }
}
