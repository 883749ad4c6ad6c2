import type { Answer, CheckResult } from '../../src/factor/factor.ts';
import { hotp } from '../../src/factor/hotp.ts';
import { recovery, recoveryOwner } from '../../src/factor/recovery.ts';
import { sentFactors } from '../../src/factor/sent-code.ts';
import { totp } from '../../src/factor/totp.ts';
import { queuePushes, type PushNotice } from '../../src/push/queue-pushes.ts';
import type { Subscription } from '../../src/push/send-push.ts';
import { keepSubscription } from '../../src/push/subscriptions.ts';
import { sealKept, type KeptPassword } from '../../src/store/kept-password.ts';
import { pinOwner } from '../../src/store/token-owner.ts';
import type { SqlValue } from '../../src/store/sql.ts';
import type { Transaction } from '../../src/store/store.ts';
import { tokenOwner } from '../../src/store/token-owner.ts';

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

/** Keeps something of a user's password. */
export const keepPassword: Transaction<{ readonly userId: string; readonly kept: KeptPassword }, null> = {
  name: 'test-keep-password',
  access: 'write',
  run: async ({ sql, seal }, { userId, kept }) => {
    const { sealed_nt_hash: hash, sealed_password: password } = sealKept(seal, userId, kept);
    await sql.run('UPDATE users SET sealed_nt_hash = ?, sealed_password = ? WHERE id = ?', hash, password, userId);
    return null;
  },
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

/** Removes everything but what has to do with the store's keys. */
export const empty: Transaction<null, null> = {
  name: 'test-empty',
  access: 'write',
  run: async ({ sql }) => {
    const logins = ['audit', 'audit_chains', 'waiting_logins', 'seen_authenticators', 'client_habits'];
    for (const table of ['users', 'tokens', ...logins, 'outbox', 'send_counts', 'message_counts'])
      await sql.run(`DELETE FROM ${table}`);
    await sql.run("DELETE FROM facts WHERE name NOT IN ('key_id', 'digest_key')");
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
  readonly type?: 'totp' | 'hotp';
  readonly state?: 'active' | 'pending' | 'disabled';
  readonly lastStep?: number;
  readonly counter?: number;
  readonly drift?: number;
  readonly pin?: string;
  readonly validFrom?: number;
  readonly validUntil?: number;
}

/** Gives a user a token; its key is sealed and its PIN digested as in the service. Default: TOTP, SHA-1, 6 digits, 30 s, active, no PIN. */
export const addToken: Transaction<NewToken, null> = {
  name: 'test-add-token',
  access: 'write',
  run: async ({ sql, seal }, token) => {
    const { id, userId, key, type = 'totp', algorithm = 'sha1', digits = 6, period = 30, state = 'active' } = token;
    const { lastStep = -1, counter = 0, drift = 0, pin, validFrom = null, validUntil = null } = token;
    await sql.run(
      `INSERT INTO tokens (id, user_id, type, name, secret, algorithm, digits, period, state, last_step, counter, drift, pin,
         valid_from, valid_until, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
      id,
      userId,
      type,
      id,
      seal.close(key, tokenOwner(id)),
      algorithm,
      digits,
      period,
      state,
      lastStep,
      counter,
      drift,
      pin === undefined ? null : seal.digest(Buffer.from(pin), pinOwner(id)),
      validFrom,
      validUntil,
    );
    return null;
  },
};

export interface NewRecoveryCode {
  readonly userId: string;
  /** Without dashes, in capitals. */
  readonly code: string;
}

/** Gives a user a recovery code, digested as in the service. */
export const addRecoveryCode: Transaction<NewRecoveryCode, null> = {
  name: 'test-add-recovery-code',
  access: 'write',
  run: async ({ sql, seal }, { userId, code }) => {
    const digest = seal.digest(Buffer.from(code), recoveryOwner(userId));
    await sql.run('INSERT INTO recovery_codes (user_id, digest, created_at) VALUES (?, ?, 0)', userId, digest);
    return null;
  },
};

/** Holds an answer against a user's TOTP tokens, without the count that a login would make. */
export const checkTotp: Transaction<Answer, CheckResult> = {
  name: 'test-check-totp',
  access: 'write',
  run: totp.check,
};

/** The same with HOTP tokens. */
export const checkHotp: Transaction<Answer, CheckResult> = {
  name: 'test-check-hotp',
  access: 'write',
  run: hotp.check,
};

/** The same with recovery codes. */
export const checkRecovery: Transaction<Answer, CheckResult> = {
  name: 'test-check-recovery',
  access: 'write',
  run: recovery.check,
};

/** The same with codes that were sent by text message. */
export const checkSms: Transaction<Answer, CheckResult> = {
  name: 'test-check-sms',
  access: 'write',
  run: sentFactors.sms.check,
};

export interface TestPush {
  readonly deviceId: string;
  readonly subscription: Subscription;
  readonly now: number;
}

/** Keeps where a device takes messages. */
export const subscribe: Transaction<TestPush, null> = {
  name: 'test-subscribe',
  access: 'write',
  run: async (context, { deviceId, subscription, now }) => {
    const [publicKey, authSecret] = [Buffer.from(subscription.publicKey), Buffer.from(subscription.authSecret)];
    await keepSubscription(context, deviceId, { ...subscription, publicKey, authSecret }, now);
    return null;
  },
};

/** Queues a notice for a user's devices; gives how many. */
export const push: Transaction<PushNotice, number> = {
  name: 'test-push',
  access: 'write',
  run: queuePushes,
};

export const testTransactions = [
  addRecoveryCode,
  addToken,
  checkHotp,
  checkRecovery,
  checkSms,
  checkTotp,
  die,
  empty,
  execute,
  keepPassword,
  executeAndThrow,
  push,
  query,
  subscribe,
] as const;
