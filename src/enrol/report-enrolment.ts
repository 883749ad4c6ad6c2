import { integer, integerOrNull, text, textOrNull } from '../store/row.ts';
import type { Row } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';

/** Which users, and how many of them. */
export interface EnrolmentFilter {
  /** A group they are in, as it is written there; null for any. */
  readonly group: string | null;
  /** Only those who have no app or token in use, no phone that approves, and no number. */
  readonly missing: boolean;
  /** As of Step. */
  readonly phones: boolean;
  /** Only users after this one, in the order of their names; null from the first on. */
  readonly after: { readonly name: string; readonly id: string } | null;
  readonly limit: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** How far a user is. Times are milliseconds since 1970 UTC. */
export interface UserEnrolment {
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  /** Tokens that have been used, those that wait for their first code, and those that are disabled, expired or not valid yet. */
  readonly active: number;
  readonly pending: number;
  readonly unusable: number;
  /** Those that are left, and those that are used up. */
  readonly recoveryCodes: number;
  readonly usedRecoveryCodes: number;
  /** Phones that approve. */
  readonly devices: number;
  readonly phone: boolean;
  readonly email: boolean;
  /** The last link; null if there is none. */
  readonly link: { readonly created: number; readonly expires: number; readonly used: number | null } | null;
}

/** One page of all users by name, with what they could prove themselves with. */
export const reportEnrolment: Transaction<EnrolmentFilter, readonly UserEnrolment[]> = {
  name: 'report-enrolment',
  access: 'read',
  run: async ({ sql }, { group, missing, phones, after, limit, now }) => {
    const conditions = ['1 = 1'];
    const parameters: (string | number)[] = [];
    if (after) {
      conditions.push('(users.name > ? OR (users.name = ? AND users.id > ?))');
      parameters.push(after.name, after.name, after.id);
    }
    if (group !== null) {
      conditions.push('EXISTS (SELECT 1 FROM user_groups WHERE user_id = users.id AND user_groups.name = ?)');
      parameters.push(group);
    }
    if (missing) {
      conditions.push(`NOT EXISTS (SELECT 1 FROM tokens WHERE ${usable('active')})`);
      parameters.push(now, now);
      conditions.push('NOT EXISTS (SELECT 1 FROM devices WHERE user_id = users.id)');
      if (phones) conditions.push('users.phone IS NULL');
    }
    const rows = await sql.all(
      `SELECT users.id, users.name, users.disabled, users.phone, users.email,
         (SELECT count(*) FROM tokens WHERE ${usable('active')}) AS active,
         (SELECT count(*) FROM tokens WHERE ${usable('pending')}) AS pending,
         (SELECT count(*) FROM tokens WHERE user_id = users.id) AS tokens,
         (SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND recovery_codes.used_at IS NULL) AS recovery_codes,
         (SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND recovery_codes.used_at IS NOT NULL) AS used_recovery_codes,
         (SELECT count(*) FROM devices WHERE user_id = users.id) AS devices,
         enrolments.created_at AS link_created, enrolments.expires_at, enrolments.used_at
       FROM users LEFT JOIN enrolments ON enrolments.user_id = users.id
       WHERE ${conditions.join(' AND ')} ORDER BY users.name, users.id LIMIT ?`,
      now,
      now,
      now,
      now,
      ...parameters,
      limit,
    );
    return rows.map(userEnrolment);
  },
};

/** Of the table tokens, with the time now twice as parameters. */
function usable(state: 'active' | 'pending'): string {
  return `user_id = users.id AND state = '${state}'
           AND (valid_from IS NULL OR valid_from <= ?) AND (valid_until IS NULL OR valid_until > ?)`;
}

function userEnrolment(row: Row): UserEnrolment {
  const created = integerOrNull(row, 'link_created');
  const [active, pending] = [integer(row, 'active'), integer(row, 'pending')];
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    disabled: integer(row, 'disabled') !== 0,
    active,
    pending,
    unusable: integer(row, 'tokens') - active - pending,
    recoveryCodes: integer(row, 'recovery_codes'),
    usedRecoveryCodes: integer(row, 'used_recovery_codes'),
    devices: integer(row, 'devices'),
    phone: textOrNull(row, 'phone') !== null,
    email: textOrNull(row, 'email') !== null,
    link:
      created === null ? null : { created, expires: integer(row, 'expires_at'), used: integerOrNull(row, 'used_at') },
  };
}
