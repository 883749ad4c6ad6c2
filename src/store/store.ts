import type { ChainInHand } from '../audit/chain-in-hand.ts';
import type { AuditSettings } from '../audit/settings.ts';
import type { Seal } from './seal.ts';
import type { Sql } from './sql.ts';

export interface TransactionContext {
  readonly sql: Sql;
  readonly seal: Seal;
  readonly audit: AuditSettings;
  /** Of the transactions that are committed together. */
  readonly chain: ChainInHand;
  /**
   * The database's own clock, in milliseconds: only of a store that several hosts may share, none of which knows another's monotonic clock.
   */
  readonly sharedNow?: () => Promise<number>;
}

/**
 * A piece of work that happens whole or not at all. It may run on another thread: input and output are plain data (objects, arrays, text,
 * numbers, Buffers), and time and randomness are part of the input. A driver may run it again after a conflict, so it changes nothing but the
 * database. An error that it throws undoes it and reaches the caller.
 */
export interface Transaction<Input, Output> {
  /** Unique; names it to the store's thread. */
  readonly name: string;
  /** A `read` changes nothing and doesn't wait for those that do. */
  readonly access: 'read' | 'write';
  /** Of a `read` that one statement answers as a rule: a server is then spared the others that would hold one moment of the database for it. */
  readonly brief?: true;
  readonly run: (context: TransactionContext, input: Input) => Promise<Output>;
}

/** Where users, tokens, waiting logins and the audit live. */
export interface Store {
  /**
   * Runs a transaction; resolves once what it wrote is as durable as `[store] durability` asks.
   * @throws StoreError if it could not be committed: nothing of it happened; any error that the transaction itself throws
   */
  run<Input, Output>(transaction: Transaction<Input, Output>, input: Input): Promise<Output>;
  close(): Promise<void>;
}

/** The store could not do its work: locked, disk full, connection lost. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}
