import { writeAudit, type AuditRow } from '../audit/audit.ts';
import { holdUser } from '../store/lockouts.ts';
import { integer, integerOrNull, octets, text, textOrNull } from '../store/row.ts';
import type { Row, Sql } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';

/** What a link may do where its user has a second factor already. */
const existings = ['refuse', 'add', 'replace'] as const;
export type Existing = (typeof existings)[number];

/** Wrong codes that one link takes, of app and phone together. */
const maxFailures = 10;

/** What every step of the page says of itself. */
export interface Step {
  /** What stands in the link: 16 octets. */
  readonly token: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Whether codes can be sent to phones here: then a number that is known already is a second factor. */
  readonly phones: boolean;
  /** Of the browser, for the audit. */
  readonly address: string;
}

/** An open link with its user. */
export interface Enrolment {
  readonly digest: Buffer;
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly language: string | null;
    readonly phone: string | null;
  };
  readonly existing: Existing;
  readonly expires: number;
  readonly failures: number;
  /** The token that the link has made, if it is there and not disabled. */
  readonly tokenId: string | null;
  /** Whether the user has typed a code of the app here, or an administrator has taken it in by two. */
  readonly appDone: boolean;
  /** A number that waits for its code. */
  readonly pendingPhone: { readonly number: string; readonly method: 'sms' | 'voice' } | null;
  readonly phoneDone: boolean;
  /** The phone on which the user decides that the link has set up, if it was not revoked since. */
  readonly deviceId: string | null;
  /** Until when one can be set up by the address that the page shows, as `expires`; null if it shows none. */
  readonly deviceUntil: number | null;
}

/** Why a link opens nothing: it never did or was ended, its time is over, it has done its work, or it saw too many wrong codes. */
export interface Gone {
  readonly kind: 'gone';
  readonly why: 'unknown' | 'expired' | 'used' | 'too-often';
}

/** The user has a second factor that this link may neither join nor replace. */
export interface HasFactor {
  readonly kind: 'has-factor';
  readonly userName: string;
  readonly language: string | null;
}

const columns = `digest, user_id, expires_at, used_at, existing, failures, token_id, phone AS typed_phone, phone_method, phone_at,
  device_id, device_until`;

/** What a link's token is kept as: nothing in the store opens one. */
function linkDigest({ seal }: Pick<TransactionContext, 'seal'>, token: Buffer): Buffer {
  return seal.digest(token, 'enrolment');
}

/** The link as it stands. */
export async function findEnrolment(context: TransactionContext, step: Step): Promise<Enrolment | Gone | HasFactor> {
  const row = await context.sql.get(
    `SELECT ${columns} FROM enrolments WHERE digest = ?`,
    linkDigest(context, step.token),
  );
  return read(context.sql, row, step);
}

/** What the token is kept as by which a phone is set up. */
export function deviceLinkDigest({ seal }: Pick<TransactionContext, 'seal'>, token: Buffer): Buffer {
  return seal.digest(token, 'enrolment-device');
}

/** The link whose page shows the address by which a phone is set up; held as by holdEnrolment. @param step with the token of that address */
export async function holdByDeviceLink(context: TransactionContext, step: Step): Promise<Enrolment | Gone | HasFactor> {
  return read(context.sql, await hold(context, 'device_digest', deviceLinkDigest(context, step.token)), step);
}

/** The same, and nobody else changes it until the transaction ends: nor, since that comes first, its user. */
export async function holdEnrolment(context: TransactionContext, step: Step): Promise<Enrolment | Gone | HasFactor> {
  return read(context.sql, await hold(context, 'digest', linkDigest(context, step.token)), step);
}

async function hold(
  context: TransactionContext,
  column: 'digest' | 'device_digest',
  digest: Buffer,
): Promise<Row | undefined> {
  const { sql } = context;
  const link = await sql.get(`SELECT user_id FROM enrolments WHERE ${column} = ?`, digest);
  if (!link) return undefined;
  await holdUser(context, text(link, 'user_id'));
  return sql.get(`UPDATE enrolments SET failures = failures WHERE ${column} = ? RETURNING ${columns}`, digest);
}

async function read(sql: Sql, row: Row | undefined, { now, phones }: Step): Promise<Enrolment | Gone | HasFactor> {
  if (!row) return gone('unknown');
  if (integerOrNull(row, 'used_at') !== null) return gone('used');
  const failures = integer(row, 'failures');
  if (failures >= maxFailures) return gone('too-often');
  const expires = integer(row, 'expires_at');
  if (expires <= now) return gone('expired');
  const user = await sql.get(
    'SELECT id, name, language, phone, disabled FROM users WHERE id = ?',
    text(row, 'user_id'),
  );
  if (!user || integer(user, 'disabled') !== 0) return gone('unknown');
  const found = { id: text(user, 'id'), name: text(user, 'name'), language: textOrNull(user, 'language') };
  const madeId = textOrNull(row, 'token_id');
  const madeDevice = textOrNull(row, 'device_id');
  const existing = existings.find((known) => known === row['existing']) ?? 'refuse';
  const phoneDone = integerOrNull(row, 'phone_at') !== null;
  const phone = textOrNull(user, 'phone');
  if (
    existing === 'refuse' &&
    (await hasFactor(sql, found.id, { except: madeId, device: madeDevice, phone: phones && !phoneDone }))
  )
    return { kind: 'has-factor', userName: found.name, language: found.language };
  // One that was removed or disabled meanwhile is none.
  const token =
    madeId === null
      ? undefined
      : await sql.get("SELECT state FROM tokens WHERE id = ? AND state IN ('active', 'pending')", madeId);
  const device = madeDevice === null ? undefined : await sql.get('SELECT id FROM devices WHERE id = ?', madeDevice);
  const number = textOrNull(row, 'typed_phone');
  const method = textOrNull(row, 'phone_method') === 'voice' ? 'voice' : 'sms';
  return {
    digest: octets(row, 'digest'),
    user: { ...found, phone },
    existing,
    expires,
    failures,
    tokenId: token ? madeId : null,
    appDone: token?.['state'] === 'active',
    pendingPhone: number === null || phoneDone ? null : { number, method },
    phoneDone,
    deviceId: device ? madeDevice : null,
    deviceUntil: integerOrNull(row, 'device_until'),
  };
}

function gone(why: Gone['why']): Gone {
  return { kind: 'gone', why };
}

/**
 * Whether a user has what a link must not touch unasked: a token, also one that is disabled or expired, a phone to decide on, or a number that codes go to.
 * A token without its first code is none: nobody has shown to have it.
 * @param except the token that does not count @param device the phone that does not @param phone whether a number counts
 * @param recovery whether recovery codes do, used up or not
 */
export async function hasFactor(
  sql: Sql,
  userId: string,
  {
    except,
    device,
    phone,
    recovery = false,
  }: {
    readonly except: string | null;
    readonly device: string | null;
    readonly phone: boolean;
    readonly recovery?: boolean;
  },
): Promise<boolean> {
  const found = await sql.get(
    `SELECT 1 FROM users WHERE id = ? AND ((phone IS NOT NULL AND ? = 1)
       OR EXISTS (SELECT 1 FROM tokens WHERE user_id = users.id AND state <> 'pending' AND id <> ?)
       OR EXISTS (SELECT 1 FROM devices WHERE user_id = users.id AND id <> ?)
       OR (? = 1 AND EXISTS (SELECT 1 FROM recovery_codes WHERE user_id = users.id)))`,
    userId,
    Number(phone),
    except ?? '',
    device ?? '',
    Number(recovery),
  );
  return found !== undefined;
}

/** The links of a user that nobody has used, in milliseconds since 1970 UTC. The user is held, and with him all links that he has or gets. */
export async function holdEnrolments(
  context: TransactionContext,
  userId: string,
): Promise<readonly { readonly created: number; readonly expires: number }[]> {
  await holdUser(context, userId);
  const rows = await context.sql.all(
    'SELECT created_at, expires_at, used_at FROM enrolments WHERE user_id = ?',
    userId,
  );
  return rows
    .filter((row) => integerOrNull(row, 'used_at') === null)
    .map((row) => ({ created: integer(row, 'created_at'), expires: integer(row, 'expires_at') }));
}

/** Makes a link, in place of those that the user has. @param token 16 random octets @param at milliseconds since 1970 UTC, as `expires` */
export async function openEnrolment(
  context: TransactionContext,
  {
    userId,
    token,
    existing,
    at,
    expires,
  }: {
    readonly userId: string;
    readonly token: Buffer;
    readonly existing: Existing;
    readonly at: number;
    readonly expires: number;
  },
): Promise<void> {
  const { sql } = context;
  await endEnrolments(sql, userId);
  await sql.run(
    'INSERT INTO enrolments (digest, user_id, created_at, expires_at, existing) VALUES (?, ?, ?, ?, ?)',
    linkDigest(context, token),
    userId,
    at,
    expires,
    existing,
  );
}

/** Ends the links of a user, and what they have begun: the tokens of which nobody has typed a code. @returns how many were open */
export async function endEnrolments(sql: Sql, userId: string): Promise<number> {
  const rows = await sql.all('DELETE FROM enrolments WHERE user_id = ? RETURNING token_id, used_at', userId);
  for (const row of rows) await removePending(sql, textOrNull(row, 'token_id'));
  return rows.filter((row) => integerOrNull(row, 'used_at') === null).length;
}

/** Removes a token that waits for its first code. */
export async function removePending(sql: Sql, tokenId: string | null): Promise<void> {
  if (tokenId !== null) await sql.run("DELETE FROM tokens WHERE id = ? AND state = 'pending'", tokenId);
}

/** Removes the other tokens of a user, where the link's own takes their place. @returns how many there were */
export async function replaceTokens(sql: Sql, { existing, user, tokenId, appDone }: Enrolment): Promise<number> {
  if (existing !== 'replace' || tokenId === null || !appDone) return 0;
  return sql.run('DELETE FROM tokens WHERE user_id = ? AND id <> ?', user.id, tokenId);
}

/** Names the steps of one link in the audit, and the codes that it sends. */
export function enrolmentId({ digest }: Pick<Enrolment, 'digest'>): string {
  return `enrol-${digest.toString('hex').slice(0, 16)}`;
}

/** Tells the audit of a step. */
export async function auditStep(
  context: TransactionContext,
  { now, address }: Step,
  enrolment: Pick<Enrolment, 'digest' | 'user'>,
  row: Pick<AuditRow, 'method' | 'result' | 'reason'>,
): Promise<void> {
  await writeAudit(context, {
    at: now,
    loginId: enrolmentId(enrolment),
    userId: enrolment.user.id,
    userName: enrolment.user.name,
    client: 'enrolment page',
    clientAddress: address,
    callingStationId: null,
    primary: '-',
    latency: 0,
    ...row,
  });
}

/** Counts a wrong code; the last one that a link takes ends it. @returns how many more it takes */
export async function countWrong(
  context: TransactionContext,
  step: Step,
  enrolment: Enrolment,
  method: AuditRow['method'],
): Promise<number> {
  const { sql } = context;
  const failures = enrolment.failures + 1;
  await sql.run('UPDATE enrolments SET failures = ? WHERE digest = ?', failures, enrolment.digest);
  const left = maxFailures - failures;
  if (left === 0) await removePending(sql, enrolment.tokenId);
  await auditStep(context, step, enrolment, {
    method,
    result: 'reject',
    reason: left === 0 ? 'enrol-too-often' : 'enrol-code-wrong',
  });
  return left;
}
