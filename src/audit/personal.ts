import { maskAddress, maskNumber } from '../deliver/phone-number.ts';
import { textOrNull } from '../store/row.ts';
import type { Row, SqlValue } from '../store/sql.ts';
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

/** Who a user is, as columns of a row. @param user of the table users; undefined for one that is not there */
export function personalColumns(settings: AuditSettings, user: Row | undefined): Readonly<Record<string, SqlValue>> {
  if (!user || user['name'] === null) return {};
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
