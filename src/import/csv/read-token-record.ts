import type { Algorithm } from '../../factor/oath.ts';
import { dateTime } from '../date-time.ts';
import { finishToken } from '../finish-token.ts';
import { hashOfName } from '../hash-of-name.ts';
import { checkKeySize } from '../key-size.ts';
import { plainText } from '../plain-text.ts';
import { RowRefused } from '../refusals.ts';
import type { Place, TokenRow } from '../token-row.ts';
import { wholeNumber } from '../whole-number.ts';
import { refuseScientific, withoutFormula } from './excel.ts';
import { secretKey } from './secret-key.ts';
import type { SecretFormat, TokenField, TokenLayout } from './token-columns.ts';

/** The shortest key that is taken, in octets: a shorter one is a value of another column, or cut off. */
const shortestKey = 10;

/** How to read a CSV file of tokens. What a row says for itself goes before this. */
export interface TokenCsvOptions {
  /** Of the secret key: by its header if not given, else base32. */
  readonly secretFormat?: SecretFormat;
  /** One character; detected if not given. */
  readonly delimiter?: string;
  /** 'totp' if not given. */
  readonly type?: TokenRow['type'];
  /** 6 if not given. */
  readonly digits?: number;
  /** In seconds; 30 if not given. */
  readonly period?: number;
  /** 'sha1' if not given. */
  readonly algorithm?: Algorithm;
}

/**
 * The token that a record describes.
 * @throws RowRefused if it can't be imported; no value is told, since it may be a secret key in the wrong column
 */
export function readTokenRecord(
  fields: readonly string[],
  layout: TokenLayout,
  options: TokenCsvOptions,
  place: Place,
): TokenRow {
  const { columns } = layout;
  if (fields.slice(columns.length).some((field) => field !== ''))
    throw new RowRefused(
      `There are ${fields.length} fields, and only ${columns.length} columns: is a delimiter in a field?`,
    );
  const field = (name: TokenField): string => {
    const column = columns.indexOf(name);
    return withoutFormula(fields[column] ?? '').trim();
  };
  const number = (name: TokenField, least: number, most: number): number | undefined => {
    if (field(name) === '') return undefined;
    const value = wholeNumber(field(name), least, most);
    if (value === undefined) throw new RowRefused(`The ${name} is not a whole number from ${least} to ${most}.`);
    return value;
  };
  const serial = field('serial number');
  refuseScientific(serial, 'serial number');
  const key = secretKey(field('secret key'), options.secretFormat ?? layout.secretFormat ?? 'base32');
  const notes = [...checkKeySize(key, shortestKey)];
  const type = typeOf(field('type')) ?? options.type ?? 'totp';
  const period = number('time interval', 10, 300) ?? options.period;
  if (type === 'totp' && period === undefined) notes.push('The time interval is not given: 30 seconds are assumed.');
  return finishToken({
    place,
    type,
    serial: plainText(serial, 'serial number'),
    keyId: null,
    user: plainText(field('user'), 'user'),
    key,
    algorithm: algorithmOf(field('algorithm')) ?? options.algorithm ?? 'sha1',
    digits: number('digits', 6, 8) ?? options.digits ?? 6,
    period: period ?? 30,
    drift: 0,
    counter: number('counter', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    manufacturer: plainText(field('manufacturer'), 'manufacturer'),
    model: plainText(field('model'), 'model'),
    validFrom: dateOf(field('start date'), 'start'),
    validUntil: dateOf(field('expiry date'), 'end'),
    notes,
  });
}

function typeOf(text: string): TokenRow['type'] | undefined {
  if (text === '') return undefined;
  const [, type] = /^(?:oath[-_ ]?)?(hotp|totp)$/.exec(text.toLowerCase()) ?? [];
  if (type === 'hotp' || type === 'totp') return type;
  throw new RowRefused('The type is not one that radgate can check: TOTP and HOTP are.');
}

function algorithmOf(text: string): Algorithm | undefined {
  if (text === '') return undefined;
  const hash = hashOfName(text);
  if (!hash) throw new RowRefused('The algorithm is not one of SHA1, SHA256 and SHA512.');
  return hash;
}

function dateOf(text: string, edge: 'start' | 'end'): number | null {
  if (text === '') return null;
  const at = dateTime(text, edge);
  if (at === undefined)
    throw new RowRefused(`The ${edge === 'start' ? 'start' : 'expiry'} date is none: write it as 2026-12-31.`);
  return at;
}
