import { readPhoneNumber } from '../../deliver/phone-number.ts';
import { foldUserName } from '../../policy/user-name.ts';
import { plainText } from '../plain-text.ts';
import { RowRefused } from '../refusals.ts';
import type { Place } from '../token-row.ts';
import type { UserRow } from '../user-row.ts';
import { refuseScientific, withoutFormula } from './excel.ts';
import type { UserField, UserLayout } from './user-columns.ts';

/**
 * The user that a record describes.
 * @throws RowRefused if it can't be imported
 */
export function readUserRecord(fields: readonly string[], { columns }: UserLayout, place: Place): UserRow {
  if (fields.slice(columns.length).some((field) => field !== ''))
    throw new RowRefused(
      `There are ${fields.length} fields, and only ${columns.length} columns: is a delimiter in a field?`,
    );
  const all = (name: UserField): string[] =>
    fields.filter((_, column) => columns[column] === name).map((field) => withoutFormula(field));
  const text = (name: UserField): string | null => plainText(all(name)[0], name);
  const name = text('name');
  if (name === null) throw new RowRefused('The name is missing.');
  const phone = text('phone');
  return {
    place,
    name,
    aliases: aliasesOf(name, listOf(all('aliases'), 'alias')),
    firstName: text('first name'),
    lastName: text('last name'),
    email: mailAddress(text('e-mail')),
    phone: phone === null ? null : phoneNumber(phone),
    groups: [...new Set(listOf(all('groups'), 'group'))],
  };
}

/** The parts of fields that hold several, between semicolons or bars. */
function listOf(fields: readonly string[], name: string): string[] {
  return fields.flatMap((field) => field.split(/[;|]/)).flatMap((part) => plainText(part, name) ?? []);
}

/** Those that differ from the name and each other as names are compared. */
function aliasesOf(name: string, aliases: readonly string[]): string[] {
  const seen = new Set([folded(name, 'name')]);
  return aliases.filter((alias) => {
    const known = folded(alias, 'alias');
    return seen.has(known) ? false : seen.add(known);
  });
}

function folded(name: string, what: string): string {
  const forms = foldUserName(name);
  if (!forms)
    throw new RowRefused(`The ${what} is not a user name: it is too long, or has characters that can't be in one.`);
  return forms.folded;
}

function phoneNumber(text: string): string {
  refuseScientific(text, 'phone number');
  const read = readPhoneNumber(text);
  if (read.kind === 'none') throw new RowRefused(read.why);
  return read.number;
}

function mailAddress(text: string | null): string | null {
  if (text !== null && !/^[^\s@,;]+@[^\s@,;]+$/.test(text))
    throw new RowRefused('The e-mail address is not one; a user has one address.');
  return text;
}
