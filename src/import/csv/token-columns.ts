import { FileRefused } from '../refusals.ts';
import type { TokenRow } from '../token-row.ts';
import { type Columns, fieldFinder, plainName, refuseRepeated } from './columns.ts';
import type { CsvRecord } from './read-records.ts';

const fieldOf = fieldFinder({
  user: 'upn userprincipalname user username userid login loginname account',
  'serial number': 'serial serialnumber serialno serialnum sn tokenserial tokenserialnumber',
  'secret key': 'secret secretkey key seed seedkey tokenkey tokenseed tokensecret',
  'time interval':
    'timeinterval interval period timestep step timeintervalseconds intervalseconds timeintervalinseconds',
  counter: 'counter eventcounter movingfactor',
  manufacturer: 'manufacturer vendor brand make',
  model: 'model tokenmodel',
  type: 'type tokentype otptype',
  digits: 'digits otplength otpdigits codelength length',
  algorithm: 'algorithm hash hashalgorithm hashfunction hmac',
  'start date': 'startdate start validfrom',
  'expiry date': 'expirydate expirationdate expiry expires expiration enddate end validuntil validto',
});

export type TokenField = NonNullable<ReturnType<typeof fieldOf>>;
export type SecretFormat = 'base32' | 'hex';

/** What is known of a file of tokens by its first line. */
export interface TokenLayout {
  readonly columns: Columns<TokenField>;
  /** What the header says of the secret key; undefined if it says nothing. */
  readonly secretFormat: SecretFormat | undefined;
  /** Whether the first line is one. */
  readonly header: boolean;
  /** The columns of the header that are not read, from 1. */
  readonly unread: readonly number[];
}

/**
 * The layout that a header names, in any order of the columns; without a header, one of those that are common, by the number of columns.
 * @param type of the tokens: it tells whether a time interval or a counter stands in the third column where no header does
 * @throws FileRefused if it has columns twice, or no header and a number of columns that is not known
 */
export function tokenLayout({ line, fields }: CsvRecord, type: TokenRow['type']): TokenLayout {
  const named = fields.map(namedColumn);
  const secret = named.find(({ field }) => field === 'secret key');
  if (!secret)
    return { columns: unnamedColumns(fields.length, line, type), secretFormat: undefined, header: false, unread: [] };
  const columns = named.map(({ field }) => field);
  refuseRepeated(columns, line);
  const unread = fields.flatMap((name, column) => (name === '' || columns[column] ? [] : [column + 1]));
  return { columns, secretFormat: secret.format, header: true, unread };
}

interface NamedColumn {
  readonly field: TokenField | undefined;
  readonly format?: SecretFormat | undefined;
}

/** `secret (hex)`, `hex`, `seed base32` say how the secret key is written. */
function namedColumn(name: string): NamedColumn {
  const plain = plainName(name);
  const [, before, , after] = /^(base32|hex(?:adecimal)?)?(.*?)(base32|hex(?:adecimal)?)?$/.exec(plain) ?? [];
  const format = before ?? after;
  if (format === undefined) return { field: fieldOf(plain) };
  const what = plain.replace(format, '');
  const isSecret = what === '' || fieldOf(what) === 'secret key';
  return { field: isSecret ? 'secret key' : fieldOf(plain), format: format === 'base32' ? 'base32' : 'hex' };
}

function unnamedColumns(count: number, line: number, type: TokenRow['type']): Columns<TokenField> {
  const moving = type === 'totp' ? 'time interval' : 'counter';
  switch (count) {
    case 2:
      return ['serial number', 'secret key'];
    case 3:
      return ['serial number', 'secret key', moving];
    case 5:
      return ['serial number', 'secret key', moving, 'manufacturer', 'model'];
    case 6:
      return ['user', 'serial number', 'secret key', moving, 'manufacturer', 'model'];
    default:
      throw new FileRefused(
        line,
        `There is no header with a column "secret key", and ${count} columns are not a known layout: write a header, such as "upn,serial number,secret key,time interval,manufacturer,model".`,
      );
  }
}
