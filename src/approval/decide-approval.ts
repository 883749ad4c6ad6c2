import { writeAudit } from '../audit/audit.ts';
import { maskAddress } from '../deliver/phone-number.ts';
import { renderAlert, type NoticeTexts } from '../deliver/render-notice.ts';
import { sentCodeOwner } from '../factor/sent-code.ts';
import { clockSlack } from '../policy/goes-on.ts';
import { holdUser } from '../store/lockouts.ts';
import type { HostTime } from '../store/host-time.ts';
import { queueMessage } from '../store/outbox.ts';
import { integer, integerOrNull, text, textOrNull } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import type { Row, Sql } from '../store/sql.ts';
import { shownCodeOf } from './approval.ts';
import { forgetRemembered } from '../store/remembered.ts';
import { blockApprovals, closeOpenOf, forgetUnanswered, holdApprovals } from './approval-state.ts';
import { approvalBehind } from './show-approval.ts';

export type Decision = 'approve' | 'decline' | 'fraud';

export interface DecideInput extends SettleInput {
  /** Of the page's address, or of an answer by text. */
  readonly token: Buffer;
  /** The page itself, a button of a notification, an answer by text, or a key in a call. */
  readonly by: 'page' | 'notice' | 'text' | 'call';
}

/** What is known of a press, whoever finds out which approval it is for. */
export interface SettleInput {
  readonly decision: Decision;
  /** The number that was picked or typed, where one is asked for. */
  readonly number: number | null;
  /** `app`: a phone that was set up for it. */
  readonly by: 'page' | 'notice' | 'text' | 'call' | 'app';
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** A code for the page to show, as newCode makes it, and how long it is good, in milliseconds. */
  readonly code: string;
  readonly lifetime: number;
  /** How long a user who reports a login is asked nothing, in milliseconds. */
  readonly block: number;
  /** Administrators to be told of a login that was reported, each with the id of the message. */
  readonly alerts: readonly { readonly to: string; readonly outboxId: string }[];
  readonly texts: NoticeTexts;
  readonly language: string;
  /** The monotonic clock, for the outbox. */
  readonly time: HostTime;
}

/** What came of it, and of which login, for the log and for those who wait. */
export type DecideOutput =
  | { readonly kind: 'gone' }
  | ({ readonly kind: 'approved'; readonly code: string | null } & Decided)
  | ({ readonly kind: 'declined' | 'fraud' | 'number-wrong' } & Decided);

export interface Decided {
  readonly id: string;
  readonly loginId: string;
  readonly userName: string;
  readonly client: string;
  readonly application: string;
  readonly device: string | null;
  /** When the login asked, in milliseconds since 1970 UTC. */
  readonly askedAt: number;
}

/**
 * One press on one page, once: compare-and-set, in one transaction with the audit row. An approval answers only the login that it names; where the prompt
 * goes on, it makes a code that is good for that login alone.
 */
export const decideApproval: Transaction<DecideInput, DecideOutput> = {
  name: 'decide-approval',
  access: 'write',
  run: async (context, input) => {
    const { sql } = context;
    const { now } = input;
    const id = await approvalBehind(context, input.token);
    const whose = id === undefined ? undefined : await sql.get('SELECT user_id FROM approvals WHERE id = ?', id);
    if (id === undefined || !whose) return { kind: 'gone' };
    const userId = text(whose, 'user_id');
    // A code that is typed holds the user before his approvals.
    await holdUser(context, userId);
    await holdApprovals(sql, userId);
    const row = await openApproval(sql, id, userId, now);
    if (!row) return { kind: 'gone' };
    const wanted = integerOrNull(row, 'number');
    // The prompt went on after the notice went out or the page was opened: what picks no number was not meant for it. The page shows the numbers now.
    if (wanted !== null && input.number === null && input.decision === 'approve') return { kind: 'gone' };
    return settle(context, input, row, wanted !== null && wanted !== input.number ? 'number' : null);
  },
};

/** One that a user can still decide on; its user is held already. */
export async function openApproval(sql: Sql, id: string, userId: string, now: number): Promise<Row | undefined> {
  const row = await sql.get(
    "SELECT * FROM approvals WHERE id = ? AND user_id = ? AND status = 'open' AND expires_at > ? AND created_at <= ?",
    id,
    userId,
    now,
    // The clock was set back: nobody can tell whether its time is over.
    now + clockSlack,
  );
  const user = await sql.get('SELECT disabled FROM users WHERE id = ?', userId);
  return user && integer(user, 'disabled') === 0 ? row : undefined;
}

/**
 * Writes down what was decided on an open approval.
 * @param wrong what a yes named that is not the login's own, which declines
 */
export async function settle(
  context: TransactionContext,
  input: SettleInput,
  row: Row,
  wrong: 'number' | 'application' | null,
): Promise<DecideOutput> {
  const { sql } = context;
  const userId = text(row, 'user_id');
  const { now } = input;
  const decided: Decided = {
    id: text(row, 'id'),
    loginId: text(row, 'login_id'),
    userName: text(row, 'user_name'),
    client: text(row, 'client'),
    application: text(row, 'application'),
    device: textOrNull(row, 'device'),
    askedAt: integer(row, 'created_at'),
  };
  const kind =
    input.decision === 'fraud'
      ? 'fraud'
      : input.decision === 'decline'
        ? 'declined'
        : wrong !== null
          ? 'number-wrong'
          : 'approved';
  const status = kind === 'number-wrong' ? 'declined' : kind;
  await sql.run(
    'UPDATE approvals SET status = ?, decided_at = ?, decided_by = ? WHERE id = ?',
    status,
    now,
    input.by,
    decided.id,
  );
  await writeAudit(context, {
    at: now,
    loginId: decided.loginId,
    userId,
    userName: decided.userName,
    client: decided.client,
    clientAddress: text(row, 'client_address'),
    callingStationId: decided.device,
    primary: text(row, 'primary_name'),
    application: decided.application,
    method: 'approval',
    result: 'answer',
    reason: wrong === 'application' && kind === 'number-wrong' ? 'approval-application-wrong' : reasons[kind],
    latency: Math.max(0, now - decided.askedAt),
  });
  if (kind === 'fraud') {
    await blockApprovals(sql, userId, now + input.block);
    // Who knows the password may have begun several logins, and no thumb shall let the next one in.
    await closeOpenOf(sql, userId);
    await forgetRemembered(sql, userId);
    await alertOf(context, input, decided, userId);
  }
  if (kind !== 'approved') return { kind, ...decided };
  await forgetUnanswered(sql, userId);
  await sql.run('UPDATE users SET last_login_at = ? WHERE id = ?', now, userId);
  const isTyped = text(row, 'mode') === 'typed';
  if (isTyped) await showCode(context, input, decided.loginId, userId);
  return { kind, ...decided, code: isTyped ? input.code : null };
}

const reasons = {
  approved: 'approval-given',
  declined: 'approval-declined',
  fraud: 'approval-fraud',
  'number-wrong': 'approval-number-wrong',
} as const;

/** A message to each administrator who is to know. */
async function alertOf(
  context: TransactionContext,
  { alerts, texts, language, time, now }: SettleInput,
  { id, userName, application, client, device, askedAt }: Decided,
  userId: string,
): Promise<void> {
  const facts = { user: userName, application, client, device, at: askedAt, language };
  for (const { to, outboxId } of alerts)
    await queueMessage(context, {
      id: outboxId,
      challengeId: `alert-${id}-${outboxId}`,
      userId,
      method: 'email',
      target: maskAddress(to),
      client,
      envelope: { ...renderAlert(texts, facts), to, extension: null, code: '', language },
      time,
      lifetime: alertLifetime,
      createdAt: now,
    });
}

/** How long it is tried to tell an administrator, in milliseconds. */
const alertLifetime = 24 * 60 * 60_000;

/** It is checked as one that was sent. */
async function showCode(
  { sql, seal }: TransactionContext,
  { code, now, lifetime }: SettleInput,
  loginId: string,
  userId: string,
): Promise<void> {
  const challengeId = shownCodeOf(loginId);
  await sql.run("UPDATE sent_codes SET dead = 1 WHERE user_id = ? AND method = 'approval' AND dead = 0", userId);
  await sql.run('DELETE FROM sent_codes WHERE challenge_id = ?', challengeId);
  await sql.run(
    "INSERT INTO sent_codes (challenge_id, user_id, method, digest, created_at, expires_at) VALUES (?, ?, 'approval', ?, ?, ?)",
    challengeId,
    userId,
    seal.digest(Buffer.from(code), sentCodeOwner(challengeId)),
    now,
    now + lifetime,
  );
}
