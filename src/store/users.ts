import { auditChange, type Change } from '../audit/change.ts';
import { differenceOf, type Difference } from '../audit/difference.ts';
import { shownAs } from '../audit/personal.ts';
import { endEnrolments } from '../enrol/enrolment.ts';
import { OperatorError } from '../errors.ts';
import type { Way } from '../policy/choice.ts';
import { foldUserName, type FoldedName } from '../policy/user-name.ts';
import { claimName } from './claim-name.ts';
import { forgetMessages } from './forget-messages.ts';
import { clearLockouts, holdUser } from './lockouts.ts';
import { userNamed } from './named-user.ts';
import { sealKept, type KeptPassword } from './kept-password.ts';
import { integer, textOrNull } from './row.ts';
import { setDisabled } from './set-disabled.ts';
import type { Row, Sql } from './sql.ts';
import type { Transaction, TransactionContext } from './store.ts';
import { joinGroups, leaveGroups } from './user-groups.ts';
import { readUsers, type UserSummary } from './user-summary.ts';

export type { UserSummary } from './user-summary.ts';

/** Names that one user can go by. */
export const maxNames = 20;

/** What need not be known of a user. */
export interface UserDetails {
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly groups?: readonly string[];
}

export interface NewUser extends UserDetails {
  readonly id: string;
  /** As it is shown. */
  readonly name: string;
  /** Its folded form first, then those of the aliases. */
  readonly names: readonly FoldedName[];
  /** As hashPassword makes it; null if the password is not radgate's to check. */
  readonly password: string | null;
  /** What is kept beside it; nothing if left out. */
  readonly kept?: KeptPassword | null;
  readonly phone: string | null;
  readonly email: string | null;
  /** Whether somebody of a similar name is known to be another person. */
  readonly distinct: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** For the audit; left out by the demo, which nobody administers. */
  readonly change?: Change;
}

/** @throws OperatorError 'exists' if a name is somebody's already, 'alike' if it is so similar that a directory could mistake it */
export const addUser: Transaction<NewUser, null> = {
  name: 'add-user',
  access: 'write',
  run: async (context, user) => {
    const { sql, seal } = context;
    const kept = sealKept(seal, user.id, user.kept ?? null);
    await sql.run(
      `INSERT INTO users (id, name, first_name, last_name, password, sealed_nt_hash, sealed_password, phone, email, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      user.id,
      user.name,
      user.firstName ?? null,
      user.lastName ?? null,
      user.password,
      kept.sealed_nt_hash,
      kept.sealed_password,
      user.phone,
      user.email,
      user.now,
    );
    for (const each of user.names) await claimName(sql, each, user.id, user.distinct);
    await checkCount(sql, user.id, user.name);
    await joinGroups(sql, user, user.groups ?? []);
    if (user.change) await auditChange(context, user.change, user);
    return null;
  },
};

/** @throws OperatorError 'not-found' */
export const showUser: Transaction<FoldedName, UserSummary> = {
  name: 'show-user',
  access: 'read',
  run: async ({ sql }, name) => {
    const { id } = await userNamed(sql, name);
    const [user] = await readUsers(sql, 'WHERE id = ?', id);
    if (!user) throw new Error('a user has a name and no row');
    return user;
  },
};

/** What is to be changed of a user; undefined leaves it. */
export interface UserChange {
  readonly user: FoldedName;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly password: string | undefined;
  /** What is kept beside a new password; nothing if left out. */
  readonly kept?: KeptPassword | null;
  readonly phone: string | null | undefined;
  readonly email: string | null | undefined;
  readonly language?: string | null | undefined;
  readonly preferredWay?: Way | null | undefined;
  readonly disabled: boolean | undefined;
  readonly addAliases: readonly FoldedName[];
  readonly removeAliases: readonly FoldedName[];
  readonly addGroups?: readonly string[];
  readonly removeGroups?: readonly string[];
  /** As for NewUser. */
  readonly distinct: boolean;
  /** For the audit. */
  readonly change?: Change;
}

/** @returns the user's name @throws OperatorError 'not-found', and as addUser */
export const setUser: Transaction<UserChange, string> = {
  name: 'set-user',
  access: 'write',
  run: async (context, change) => {
    const { sql, seal } = context;
    const user = await userNamed(sql, change.user);
    const { id, name } = user;
    const {
      firstName: first_name,
      lastName: last_name,
      password,
      phone,
      email,
      language,
      preferredWay,
      disabled,
    } = change;
    // What was kept of the password before goes with it.
    const kept = password === undefined ? {} : sealKept(seal, id, change.kept ?? null);
    const columns = {
      first_name,
      last_name,
      password,
      ...kept,
      phone,
      email,
      language,
      preferred_way: preferredWay,
    };
    // A page that is open holds the user before its link: in the same order nobody waits for ever.
    await holdUser(context, id);
    const before = await sql.get(
      'SELECT first_name, last_name, phone, email, language, preferred_way, disabled FROM users WHERE id = ?',
      id,
    );
    if (disabled !== undefined) await setDisabled(sql, id, disabled);
    for (const [column, value] of Object.entries(columns))
      if (value !== undefined) await sql.run(`UPDATE users SET ${column} = ? WHERE id = ?`, value, id);
    for (const alias of change.removeAliases) await removeAlias(sql, alias, id, name);
    for (const alias of change.addAliases) await claimName(sql, alias, id, change.distinct);
    await checkCount(sql, id, name);
    await leaveGroups(sql, user, change.removeGroups ?? []);
    await joinGroups(sql, user, change.addGroups ?? []);
    if (change.change)
      await auditChange(
        context,
        change.change,
        user,
        whatChanged(change),
        userDifference(context, before ?? {}, change),
      );
    return name;
  },
};

/** Removes a user with all names and tokens; the audit keeps its rows. @returns false if there is none with this id any more */
export const removeUser: Transaction<{ readonly id: string; readonly name: string; readonly change: Change }, boolean> =
  {
    name: 'remove-user',
    access: 'write',
    run: async (context, user) => {
      const { sql } = context;
      await clearLockouts(context, user.id);
      await endEnrolments(sql, user.id);
      await forgetMessages(sql, 'user_id = ?', user.id);
      if ((await sql.run('DELETE FROM users WHERE id = ?', user.id)) === 0) return false;
      await auditChange(context, user.change, user);
      return true;
    },
  };

/** What of a user was before and is now, as far as the audit may hold it. */
function userDifference({ audit }: TransactionContext, before: Row, change: UserChange): Difference | undefined {
  const person = (field: Parameters<typeof shownAs>[1], value: string | null | undefined): string | null | undefined =>
    value === undefined ? undefined : shownAs(audit, field, value);
  const { firstName, lastName, phone, email, language, preferredWay, disabled, password } = change;
  const list = (names: readonly string[] = []): readonly string[] | undefined => (names.length > 0 ? names : undefined);
  return differenceOf(
    {
      first_name: shownAs(audit, 'firstName', textOrNull(before, 'first_name')),
      last_name: shownAs(audit, 'lastName', textOrNull(before, 'last_name')),
      phone: shownAs(audit, 'phone', textOrNull(before, 'phone')),
      email: shownAs(audit, 'email', textOrNull(before, 'email')),
      language: textOrNull(before, 'language'),
      preferred_way: textOrNull(before, 'preferred_way'),
      disabled: integer(before, 'disabled'),
    },
    {
      first_name: person('firstName', firstName),
      last_name: person('lastName', lastName),
      phone: person('phone', phone),
      email: person('email', email),
      language,
      preferred_way: preferredWay,
      disabled: disabled === undefined ? undefined : Number(disabled),
      password: password === undefined ? undefined : password === null ? 'removed' : 'changed',
      aliases_added: list(change.addAliases.map(({ folded }) => folded)),
      aliases_removed: list(change.removeAliases.map(({ folded }) => folded)),
      groups_added: list(change.addGroups),
      groups_removed: list(change.removeGroups),
    },
  );
}

/** Such as "phone, groups", for the audit. */
function whatChanged(change: UserChange): string {
  const { firstName, lastName, password, phone, email, language, preferredWay, disabled } = change;
  const values = {
    'first name': firstName,
    'last name': lastName,
    password,
    phone,
    email,
    language,
    way: preferredWay,
  };
  const lists = {
    aliases: [...change.addAliases, ...change.removeAliases],
    groups: [...(change.addGroups ?? []), ...(change.removeGroups ?? [])],
  };
  return [
    ...Object.entries(values).flatMap(([what, value]) => (value === undefined ? [] : [what])),
    ...Object.entries(lists).flatMap(([what, list]) => (list.length === 0 ? [] : [what])),
    ...(disabled === undefined ? [] : [disabled ? 'disabled' : 'enabled']),
  ].join(', ');
}

async function removeAlias(sql: Sql, { folded }: FoldedName, id: string, name: string): Promise<void> {
  if (folded === foldUserName(name)?.folded)
    throw new OperatorError('refused', `"${name}" is the user's own name, not an alias`);
  const removed = await sql.run('DELETE FROM user_names WHERE folded = ? AND user_id = ?', folded, id);
  if (removed === 0) throw new OperatorError('not-found', `"${folded}" is no alias of "${name}"`);
}

async function checkCount(sql: Sql, id: string, name: string): Promise<void> {
  const row = await sql.get('SELECT COUNT(*) AS names FROM user_names WHERE user_id = ?', id);
  if (row && integer(row, 'names') > maxNames)
    throw new OperatorError('refused', `"${name}" would go by more than ${maxNames} names, the most there can be`);
}
