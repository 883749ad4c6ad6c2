import { maskAddress, maskNumber } from '../deliver/phone-number.ts';
import { textOrNull } from '../store/row.ts';
import type { Row, Sql } from '../store/sql.ts';
import type { AuditSettings, Shown } from './settings.ts';

type Field = 'firstName' | 'lastName' | 'email' | 'phone';

const masks: Readonly<Record<Field, (value: string) => string>> = {
  firstName: maskName,
  lastName: maskName,
  email: maskAddress,
  phone: maskNumber,
};

/** What the audit may hold of a detail of a person. */
export function shownAs(settings: AuditSettings, field: Field, value: string | null): string | null {
  const shown: Shown = settings[field];
  if (value === null || shown === 'off') return null;
  return shown === 'full' ? value : masks[field](value);
}

/** What of a user the audit may hold, as columns of the table users. */
export const personColumns = 'users.name, users.first_name, users.last_name, users.email, users.phone';

/** @returns undefined for nobody, and for one that is not there */
export async function readPerson(sql: Sql, userId: string | null): Promise<Row | undefined> {
  return userId === null ? undefined : sql.get(`SELECT ${personColumns} FROM users WHERE id = ?`, userId);
}

const nobody = { account: null, first_name: null, last_name: null, email: null, phone: null };

/** Who a user is, as columns of a row. @param user of the table users; undefined for one that is not there */
export function personalColumns(
  settings: AuditSettings,
  user: Row | undefined,
): Readonly<Record<keyof typeof nobody, string | null>> {
  if (!user) return nobody;
  return {
    account: textOrNull(user, 'name'),
    first_name: shownAs(settings, 'firstName', textOrNull(user, 'first_name')),
    last_name: shownAs(settings, 'lastName', textOrNull(user, 'last_name')),
    email: shownAs(settings, 'email', textOrNull(user, 'email')),
    phone: shownAs(settings, 'phone', textOrNull(user, 'phone')),
  };
}

/** `A****`, however long it is. */
function maskName(value: string): string {
  const [first = ''] = value;
  return `${first}****`;
}
