import type { Answer, CheckResult } from '../../src/factor/factor.ts';
import { totp } from '../../src/factor/totp.ts';
import type { SqlValue } from '../../src/store/sql.ts';
import type { Transaction } from '../../src/store/store.ts';
import { tokenOwner } from '../../src/store/tokens.ts';

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters?: readonly SqlValue[];
}

/** Runs a statement; gives how many rows it changed. */
export const execute: Transaction<Statement, number> = {
  name: 'test-execute',
  access: 'write',
  run: ({ sql }, { sql: statement, parameters = [] }) => sql.run(statement, ...parameters),
};

/** The rows of a query. */
export const query: Transaction<Statement, Readonly<Record<string, SqlValue>>[]> = {
  name: 'test-query',
  access: 'read',
  run: ({ sql }, { sql: statement, parameters = [] }) => sql.all(statement, ...parameters),
};

/** Runs a statement, then throws. */
export const executeAndThrow: Transaction<Statement, null> = {
  name: 'test-execute-and-throw',
  access: 'write',
  run: async ({ sql }, { sql: statement, parameters = [] }) => {
    await sql.run(statement, ...parameters);
    throw new Error('thrown on purpose');
  },
};

/** Removes everything but what tells which key the store was made with. */
export const empty: Transaction<null, null> = {
  name: 'test-empty',
  access: 'write',
  run: async ({ sql }) => {
    for (const table of ['users', 'audit', 'waiting_logins', 'seen_authenticators'])
      await sql.run(`DELETE FROM ${table}`);
    await sql.run("DELETE FROM facts WHERE name <> 'key_id'");
    return null;
  },
};

/** Ends the store's thread, as a want of memory would. */
export const die: Transaction<null, null> = {
  name: 'test-die',
  access: 'write',
  run: async () => {
    setImmediate(() => {
      throw new Error('died on purpose');
    });
    return null;
  },
};

export interface NewToken {
  readonly id: string;
  readonly userId: string;
  readonly key: Buffer;
  readonly algorithm?: string;
  readonly digits?: number;
  readonly period?: number;
  readonly state?: 'active' | 'pending' | 'disabled';
  readonly lastStep?: number;
}

/** Gives a user a TOTP token; its key is sealed as in the service. Default: SHA-1, 6 digits, 30 s, active. */
export const addToken: Transaction<NewToken, null> = {
  name: 'test-add-token',
  access: 'write',
  run: async ({ sql, seal }, token) => {
    const { id, userId, key, algorithm = 'sha1', digits = 6, period = 30, state = 'active', lastStep = -1 } = token;
    await sql.run(
      `INSERT INTO tokens (id, user_id, type, name, secret, algorithm, digits, period, state, last_step, created_at)
       VALUES (?, ?, 'totp', ?, ?, ?, ?, ?, ?, ?, 0)`,
      id,
      userId,
      id,
      seal.close(key, tokenOwner(id)),
      algorithm,
      digits,
      period,
      state,
      lastStep,
    );
    return null;
  },
};

/** Holds an answer against a user's TOTP tokens, without the count that a login would make. */
export const checkTotp: Transaction<Answer, CheckResult> = {
  name: 'test-check-totp',
  access: 'write',
  run: totp.check,
};

export const testTransactions = [addToken, checkTotp, die, empty, execute, executeAndThrow, query] as const;
