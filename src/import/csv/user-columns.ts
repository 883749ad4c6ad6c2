import { FileRefused } from '../refusals.ts';
import { type Columns, fieldFinder, plainName, refuseRepeated } from './columns.ts';
import type { CsvRecord } from './read-records.ts';

const fieldOf = fieldFinder({
  name: 'name user username login loginname userid account accountname samaccountname',
  aliases: 'aliases alias alsoknownas upn userprincipalname',
  'first name': 'firstname givenname forename',
  'last name': 'lastname surname familyname sn',
  'e-mail': 'email emailaddress mail',
  phone: 'phone phones phonenumber mobile mobilephone mobilenumber telephone telephonenumber cell cellphone',
  groups: 'groups group memberof',
});

export type UserField = NonNullable<ReturnType<typeof fieldOf>>;

/** What a header of users says. */
export interface UserLayout {
  readonly columns: Columns<UserField>;
  /** The columns that are not known, from 1. */
  readonly unknown: readonly number[];
}

/**
 * The columns that a header names, in any order.
 * @throws FileRefused if there is no column for the name, or two for the same field
 */
export function userLayout({ line, fields }: CsvRecord): UserLayout {
  const columns = fields.map((name) => fieldOf(plainName(name)));
  if (!columns.includes('name'))
    throw new FileRefused(
      line,
      'There is no header with a column "name": write one, such as "name,aliases,first name,last name,e-mail,phone,groups".',
    );
  refuseRepeated(columns, line, ['aliases']);
  // By their numbers: it may be no header, and of a file with secrets.
  const unknown = fields.flatMap((name, column) => (name === '' || columns[column] ? [] : [column + 1]));
  return { columns, unknown };
}
