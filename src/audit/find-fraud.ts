import { latestEnd } from '../policy/goes-on.ts';
import { lockState, type LockoutRules } from '../policy/lockout.ts';
import { integer, integerOrNull, text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import type { Period } from './count-usage.ts';
import { numbered, type NumberedRow } from './list-rows.ts';
import { reasonIsOneOf } from './reason-name.ts';

export interface FraudInput extends Period {
  /** Rows of each list, at most. */
  readonly limit: number;
  readonly lockout: LockoutRules;
  /** How long a user who reports a login is asked nothing, in milliseconds. */
  readonly block: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** A user who can't log in by a code, or is asked nothing, at this moment. */
export interface Block {
  readonly user: string;
  readonly what: 'locked' | 'paused' | 'reported';
  /** Until when, in milliseconds since 1970 UTC; null until an administrator ends it. */
  readonly until: number | null;
}

/** Answers to one user's second factor that were wrong, or beyond a limit: the password was right. */
export interface Guesses {
  readonly user: string;
  readonly count: number;
  /** How many of them were refused for a limit, unlooked at. */
  readonly overLimit: number;
  readonly origins: number;
  readonly last: number;
}

/** An address from which passwords of several users were wrong. */
export interface Spray {
  readonly origin: string;
  readonly count: number;
  readonly users: number;
  readonly last: number;
}

export interface Fraud {
  /** Logins that users said were not theirs, the newest first. */
  readonly reported: readonly NumberedRow[];
  readonly blocks: readonly Block[];
  readonly guesses: readonly Guesses[];
  readonly sprays: readonly Spray[];
}

/** From one address so many names with wrong passwords are no slips. */
const severalUsers = 3;

const user = 'COALESCE(name_bare, user_name)';
const origin = 'COALESCE(device, calling_station_id, client_address)';
// Word for word as the index audit_denied has it.
const denied = "WHERE result IN ('reject', 'challenge', 'silence') AND at >= ? AND at < ?";
const overLimit = ['locked', 'paused', 'enrol-too-often', 'enrol-limited', 'approval-refused'];
const wrong = ['code-wrong', 'code-wrong-last', 'code-used', 'code-used-last', 'enrol-code-wrong', 'approval-declined'];
const wrongPassword = ['password-wrong', 'upstream-rejected', 'name-lookalike'];

/** What an officer should look into: reports, blocks, guesses at codes, passwords tried from one address. */
export const findFraud: Transaction<FraudInput, Fraud> = {
  name: 'find-fraud',
  access: 'read',
  run: async ({ sql }, { since, until, limit, lockout, block, now }) => {
    const reported = await sql.all(
      `SELECT * FROM audit WHERE result = 'answer' AND reason = 'approval-fraud' AND at >= ? AND at < ?
       ORDER BY at DESC, id DESC LIMIT ?`,
      since,
      until,
      limit,
    );
    const counted = await sql.all(
      `SELECT users.name, lockouts.failures, lockouts.paused_until, lockouts.last_at FROM lockouts JOIN users ON users.id = lockouts.user_id
       WHERE lockouts.failures >= ? OR (lockouts.paused_until > ? AND lockouts.paused_until <= ?)
       ORDER BY users.name LIMIT ?`,
      lockout.failures,
      now,
      latestEnd(lockout.pause, now),
      limit,
    );
    const asked = await sql.all(
      `SELECT users.name, approval_states.blocked_until FROM approval_states JOIN users ON users.id = approval_states.user_id
       WHERE approval_states.blocked_until > ? AND approval_states.blocked_until <= ? ORDER BY users.name LIMIT ?`,
      now,
      latestEnd(block, now),
      limit,
    );
    const [isOverLimit, ...limits] = reasonIsOneOf(overLimit);
    const [isGuess, ...guessed] = reasonIsOneOf([...overLimit, ...wrong]);
    const guesses = await sql.all(
      `SELECT ${user} AS who, count(*) AS count, sum(CASE WHEN ${isOverLimit} THEN 1 ELSE 0 END) AS over_limit,
         count(DISTINCT ${origin}) AS origins, max(at) AS last
       FROM audit ${denied} AND ${isGuess}
       GROUP BY ${user} ORDER BY count(*) DESC, ${user} LIMIT ?`,
      ...limits,
      since,
      until,
      ...guessed,
      limit,
    );
    const [isWrongPassword, ...wrongPasswords] = reasonIsOneOf(wrongPassword);
    const sprays = await sql.all(
      `SELECT ${origin} AS origin, count(*) AS count, count(DISTINCT ${user}) AS users, max(at) AS last
       FROM audit ${denied} AND ${isWrongPassword}
       GROUP BY ${origin} HAVING count(DISTINCT ${user}) >= ? ORDER BY count(DISTINCT ${user}) DESC, ${origin} LIMIT ?`,
      since,
      until,
      ...wrongPasswords,
      severalUsers,
      limit,
    );
    return {
      reported: reported.map(numbered),
      blocks: [
        ...asked.map((row): Block => ({
          user: text(row, 'name'),
          what: 'reported',
          until: integer(row, 'blocked_until'),
        })),
        ...counted.map((row): Block => {
          const record = {
            failures: integer(row, 'failures'),
            pausedUntil: integerOrNull(row, 'paused_until'),
            lastAt: integerOrNull(row, 'last_at'),
          };
          const isLocked = lockState(record, lockout, now) === 'locked';
          return {
            user: text(row, 'name'),
            what: isLocked ? 'locked' : 'paused',
            until: isLocked ? null : record.pausedUntil,
          };
        }),
      ],
      guesses: guesses.map((row) => ({
        user: text(row, 'who'),
        count: integer(row, 'count'),
        overLimit: Number(row['over_limit']),
        origins: integer(row, 'origins'),
        last: integer(row, 'last'),
      })),
      sprays: sprays.map((row) => ({
        origin: text(row, 'origin'),
        count: integer(row, 'count'),
        users: integer(row, 'users'),
        last: integer(row, 'last'),
      })),
    };
  },
};
