import type { Pool } from 'pg';
import { ChainInHand } from '../audit/chain-in-hand.ts';
import { usualAudit, type AuditSettings } from '../audit/settings.ts';
import { OperatorError } from '../errors.ts';
import { findSeal } from './find-seal.ts';
import { migrate } from './migrate.ts';
import { createPostgresPool, endPostgresPool, type PostgresServer } from './postgres-pool.ts';
import { PostgresError } from './postgres-sql.ts';
import { inOneStatement, inTransaction } from './postgres-transaction.ts';
import { integer } from './row.ts';
import type { Seal } from './seal.ts';
import type { Sql } from './sql.ts';
import { StoreError, type Store, type Transaction } from './store.ts';

export interface PostgresStoreOptions extends PostgresServer {
  readonly keyFile: string;
  /** Longest that a connection or a statement is waited for, in milliseconds. */
  readonly timeout: number;
  /** Default: as usualAudit. */
  readonly audit?: AuditSettings;
}

/** Transactions under way at once; more are refused, since a queue without end only makes all of them late. */
const maxPending = 20_000;
/** How often a transaction is run at most, when the database gives up on it because of others. */
const maxTries = 3;
/** How long a statement may take while the store is opened, in milliseconds: another node may be changing the schema. */
const openingTimeout = 60_000;
/** Held by who changes the schema; any number that no other program on the database uses. */
const schemaLock = 0x7261_6467;

/**
 * A store that several nodes share. A `read` sees one moment of the database; a `write` runs at READ COMMITTED, which its compare-and-set
 * statements are written for (docs/decisions/10-postgresql-locking.md). A transaction that loses a deadlock or a serialization conflict
 * (SQLSTATE 40P01, 40001) is run again, three times in all: it must do the same when it is repeated. If the connection breaks at COMMIT,
 * the StoreError leaves open whether it happened.
 */
export class PostgresStore implements Store {
  readonly #pool: Pool;
  readonly #seal: Seal;
  readonly #timeout: number;
  readonly #audit: AuditSettings;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(pool: Pool, seal: Seal, { timeout, audit = usualAudit() }: PostgresStoreOptions) {
    this.#pool = pool;
    this.#seal = seal;
    this.#timeout = timeout;
    this.#audit = audit;
  }

  /** Brings the schema up to date and finds the key. @throws OperatorError that says what is wrong with which database or file */
  static async open(options: PostgresStoreOptions): Promise<PostgresStore> {
    const { user, host, port, database, timeout } = options;
    const where = `postgres://${user}@${host}:${port}/${database}`;
    try {
      const seal = await prepare(options, where);
      return new PostgresStore(createPostgresPool(options, { connect: timeout, statement: timeout }), seal, options);
    } catch (error) {
      if (error instanceof OperatorError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new OperatorError('store-unavailable', `cannot open the store ${where}: ${reason}`, { cause: error });
    }
  }

  run<Input, Output>(transaction: Transaction<Input, Output>, input: Input): Promise<Output> {
    if (this.#closed) return Promise.reject(new StoreError('the store is closed'));
    if (this.#running.size >= maxPending) return Promise.reject(new StoreError('too many transactions under way'));
    const running = this.#repeat(transaction, input).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  /** Ends once everything asked before is answered. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#running);
    await endPostgresPool(this.#pool, this.#timeout);
  }

  async #repeat<Input, Output>({ access, brief, run }: Transaction<Input, Output>, input: Input): Promise<Output> {
    const [seal, audit] = [this.#seal, this.#audit];
    const work = async (sql: Sql): Promise<Output> => {
      const context = { sql, seal, audit, chain: new ChainInHand(), sharedNow: () => databaseClock(sql) };
      const output = await run(context, input);
      await context.chain.putBack(context);
      return output;
    };
    for (let conflicts = 0; ;) {
      try {
        const read = brief && (await inOneStatement(this.#pool, work));
        return read ? read.output : await inTransaction(this.#pool, access, work);
      } catch (error) {
        if (!(error instanceof PostgresError)) throw error;
        // Its connection is gone with it: this comes once for each at most.
        if (error.isOutdated) continue;
        if (!error.isConflict || ++conflicts >= maxTries) throw error;
      }
    }
  }
}

/** Brings the schema up to date and finds the key; nodes that start at once take turns. */
async function prepare(options: PostgresStoreOptions, where: string): Promise<Seal> {
  const pool = createPostgresPool(options, { connect: options.timeout, statement: openingTimeout });
  try {
    return await inTransaction(pool, 'write', async (sql) => {
      await sql.get('SELECT pg_advisory_xact_lock(?)', schemaLock);
      await migrate(sql, where);
      return findSeal(sql, where, options.keyFile);
    });
  } finally {
    await endPostgresPool(pool, options.timeout);
  }
}

async function databaseClock(sql: Sql): Promise<number> {
  const row = await sql.get('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS now');
  return integer(row ?? {}, 'now');
}
