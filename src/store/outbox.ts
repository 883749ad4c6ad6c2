import { carriers, type Carrier } from '../policy/carrier.ts';
import { auditMessage, messageColumns } from './audit-message.ts';
import { forgetMessages } from './forget-messages.ts';
import { timeOf, type HostTime } from './host-time.ts';
import { outboxOwner } from './outbox-owner.ts';
import { integer, octets, text, textOrNull } from './row.ts';
import { SealError } from './seal.ts';
import type { Row } from './sql.ts';
import type { Transaction, TransactionContext } from './store.ts';

/** What is sealed in a row until the message has ended. */
export interface Envelope {
  /** E.164 without extension, or an e-mail address. */
  readonly to: string;
  /** To be dialled once the call is answered. */
  readonly extension: string | null;
  /** Lines: of a text, of a mail, or what a voice reads, a line at a time. */
  readonly text: string;
  /** Of a mail. */
  readonly subject: string | null;
  /** What `text` says, for a gateway that makes its own text; empty in a notice. */
  readonly code: string;
  /** Such as "en". */
  readonly language: string;
  /** What a call that is answered by keys goes on with: the secret of what it asks; left out of one that only says something. */
  readonly call?: string;
  /** What a notification leads to, and what its buttons post to; left out where there is none. */
  readonly actions?: Actions;
}

export interface Actions {
  readonly link: string;
  /** Null where one press can't do: the page asks for the number that the prompt shows. */
  readonly approve: string | null;
  readonly decline: string | null;
  readonly application: string;
  readonly client: string;
  readonly device: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly expires: number;
}

export interface NewMessage {
  readonly id: string;
  /** One message at most for each. */
  readonly challengeId: string;
  readonly userId: string;
  readonly method: Carrier;
  /** Masked, for the help desk. */
  readonly target: string;
  readonly client: string;
  readonly envelope: Envelope;
  readonly time: HostTime;
  /** How long it is of use, in milliseconds. */
  readonly lifetime: number;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
}

/** Queues a message, as a part of the transaction that needs it sent. */
export async function queueMessage(context: TransactionContext, message: NewMessage): Promise<void> {
  const { sql, seal } = context;
  const { id, envelope } = message;
  const { boot, now } = await timeOf(context, message.time);
  await sql.run(
    `INSERT INTO outbox (id, challenge_id, user_id, method, state, target, client, sealed, boot, due, valid_until, created_at)
     VALUES (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?)`,
    id,
    message.challengeId,
    message.userId,
    message.method,
    message.target,
    message.client,
    seal.close(Buffer.from(JSON.stringify(envelope)), outboxOwner(id)),
    boot,
    now,
    now + message.lifetime,
    message.createdAt,
  );
}

export interface TakeInput {
  /** Who takes: unique to the process. */
  readonly owner: string;
  /** How many of each kind, at most. */
  readonly room: Readonly<Record<Carrier, number>>;
  readonly time: HostTime;
  /** How long what is taken is the taker's alone, in milliseconds. */
  readonly lease: number;
  /** Milliseconds since 1970 UTC. */
  readonly wall: number;
}

export interface TakenMessage {
  readonly id: string;
  /** The user whom it is for. */
  readonly userId: string;
  readonly method: Carrier;
  readonly target: string;
  readonly envelope: Envelope;
  /** How often it was taken, this time included. */
  readonly tries: number;
  /** How long it is still of use, in milliseconds. */
  readonly life: number;
}

export interface EndedMessage {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly why: string;
}

export interface TakeOutput {
  readonly taken: readonly TakenMessage[];
  /** What ended without having been sent. */
  readonly ended: readonly EndedMessage[];
  /** Milliseconds until there may be something to take; null if nothing is queued. */
  readonly wait: number | null;
}

const methods = carriers;

/**
 * Takes what is due, for a lease: whoever else takes at the same moment gets other rows. What a process that died had taken is due again once its lease
 * has ended; what is of no use any more is abandoned.
 */
export const takeMessages: Transaction<TakeInput, TakeOutput> = {
  name: 'take-messages',
  access: 'write',
  run: async (context, { owner, room, time, lease, wall }) => {
    const { sql } = context;
    const { boot, now } = await timeOf(context, time);
    await sql.run(
      `UPDATE outbox SET state = 'queued', due = ?, owner = NULL, lease_until = NULL, why = 'the process that sent it died'
       WHERE state = 'processing' AND lease_until <= ? AND boot = ?`,
      now,
      now,
      boot,
    );
    const ended = await abandonUseless(context, { boot, now }, wall);
    const taken: TakenMessage[] = [];
    // Where others write at the same time their rows are passed over.
    const passOver = context.sharedNow ? ' FOR UPDATE SKIP LOCKED' : '';
    for (const method of methods) {
      if (room[method] <= 0) continue;
      const candidates = await sql.all(
        `SELECT id FROM outbox WHERE state = 'queued' AND method = ? AND due <= ? ORDER BY due LIMIT ?${passOver}`,
        method,
        now,
        room[method],
      );
      for (const candidate of candidates) {
        const row = await sql.get(
          `UPDATE outbox SET state = 'processing', owner = ?, lease_until = ?, tries = tries + 1
           WHERE id = ? AND state = 'queued' RETURNING ${messageColumns}, sealed, tries, valid_until`,
          owner,
          now + lease,
          text(candidate, 'id'),
        );
        if (!row) continue;
        const message = open(context, row, method, now);
        if (message) taken.push(message);
        else ended.push(await fail(context, row, method, wall));
      }
    }
    const next = await sql.get(
      `SELECT min(CASE WHEN state = 'queued' THEN due ELSE lease_until END) AS due FROM outbox
       WHERE state IN ('queued', 'processing')`,
    );
    const due = next?.['due'];
    return { taken, ended, wait: typeof due === 'number' ? Math.max(0, due - now) : null };
  },
};

/** What nobody can use any more is not sent: its time is over, another code took its place or it was used, or the host was started anew. */
async function abandonUseless(
  context: TransactionContext,
  { boot, now }: HostTime,
  wall: number,
): Promise<EndedMessage[]> {
  const rows = await context.sql.all(
    `UPDATE outbox SET state = 'abandoned', sealed = NULL, owner = NULL, lease_until = NULL, finished_at = ?,
       why = CASE WHEN boot <> ? THEN 'the host was started anew'
                  WHEN valid_until <= ? THEN COALESCE(why, 'nobody was there to send it in time')
                  ELSE 'another code took its place' END
     WHERE (state = 'queued' AND (valid_until <= ? OR EXISTS (SELECT 1 FROM sent_codes
         WHERE sent_codes.challenge_id = outbox.challenge_id AND (sent_codes.dead <> 0 OR sent_codes.used_at IS NOT NULL))))
       OR (state IN ('queued', 'processing') AND boot <> ?)
     RETURNING ${messageColumns}, why`,
    wall,
    boot,
    now,
    now,
    boot,
  );
  for (const row of rows) await auditMessage(context, row, 'abandoned', null, wall);
  return rows.map((row) => ({
    id: text(row, 'id'),
    method: text(row, 'method'),
    target: text(row, 'target'),
    why: text(row, 'why'),
  }));
}

/** @returns undefined if the row does not open: it must not keep the others */
function open({ seal }: TransactionContext, row: Row, method: Carrier, now: number): TakenMessage | undefined {
  const id = text(row, 'id');
  try {
    // Only this program's own sealed octets get here.
    const envelope = JSON.parse(seal.open(octets(row, 'sealed'), outboxOwner(id)).toString()) as Envelope;
    const life = integer(row, 'valid_until') - now;
    const userId = textOrNull(row, 'user_id') ?? id;
    return { id, userId, method, target: text(row, 'target'), envelope, tries: integer(row, 'tries'), life };
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}

async function fail(context: TransactionContext, row: Row, method: string, wall: number): Promise<EndedMessage> {
  const why = 'it was sealed under another key';
  const id = text(row, 'id');
  await context.sql.run(
    "UPDATE outbox SET state = 'failed', sealed = NULL, owner = NULL, lease_until = NULL, finished_at = ?, why = ? WHERE id = ?",
    wall,
    why,
    id,
  );
  await auditMessage(context, row, 'failed', null, wall);
  return { id, method, target: text(row, 'target'), why };
}

/** What came of a message that was taken. */
export type Sending =
  | { readonly kind: 'sent'; readonly provider: string; readonly providerId: string | null }
  | { readonly kind: 'failed'; readonly why: string }
  /** To be tried again, `delay` milliseconds from now. */
  | { readonly kind: 'later'; readonly why: string; readonly delay: number };

export interface SettleInput {
  readonly id: string;
  readonly owner: string;
  /** As it was when it was taken. */
  readonly tries: number;
  readonly sending: Sending;
  readonly time: HostTime;
  /** Milliseconds since 1970 UTC. */
  readonly wall: number;
}

export type Settled = 'sent' | 'failed' | 'queued' | 'abandoned' | 'lost';

/**
 * Writes down what came of a message, in the audit too once it has ended; what it said is wiped unless it is tried again.
 * @returns the row's new state, or 'lost' if it is not the taker's any more
 */
export const settleMessage: Transaction<SettleInput, Settled> = {
  name: 'settle-message',
  access: 'write',
  run: async (context, { id, owner, tries, sending, time, wall }) => {
    const { sql } = context;
    const mine = "id = ? AND owner = ? AND tries = ? AND state = 'processing'";
    if (sending.kind === 'later') {
      const { now } = await timeOf(context, time);
      const changed = await sql.run(
        `UPDATE outbox SET state = 'queued', owner = NULL, lease_until = NULL, due = ?, why = ?
         WHERE ${mine} AND valid_until > ?`,
        now + sending.delay,
        sending.why,
        id,
        owner,
        tries,
        now + sending.delay,
      );
      if (changed === 1) return 'queued';
    }
    const state = sending.kind === 'later' ? 'abandoned' : sending.kind;
    const ended = await sql.get(
      `UPDATE outbox SET state = ?, sealed = NULL, owner = NULL, lease_until = NULL, finished_at = ?, why = ?,
         provider = ?, provider_id = ? WHERE ${mine} RETURNING ${messageColumns}`,
      state,
      wall,
      sending.kind === 'sent' ? null : sending.why,
      sending.kind === 'sent' ? sending.provider : null,
      sending.kind === 'sent' ? sending.providerId : null,
      id,
      owner,
      tries,
    );
    if (!ended) return 'lost';
    await auditMessage(context, ended, state, sending.kind === 'sent' ? sending.provider : null, wall);
    return state;
  },
};

export interface Receipt {
  readonly provider: string;
  readonly providerId: string;
  /** The provider's word, such as "DELIVRD". */
  readonly status: string;
}

/** Notes what a provider says later of a message that it took. @returns whether it is one that is known */
export const noteReceipt: Transaction<Receipt, boolean> = {
  name: 'note-receipt',
  access: 'write',
  run: async ({ sql }, { provider, providerId, status }) =>
    (await sql.run(
      'UPDATE outbox SET receipt = ? WHERE provider_id = ? AND provider = ?',
      status,
      providerId,
      provider,
    )) > 0,
};

/** A message without what it says. Times are milliseconds since 1970 UTC. */
export interface OutboxEntry {
  readonly id: string;
  readonly user: string | null;
  readonly method: string;
  readonly state: string;
  readonly target: string;
  readonly client: string;
  readonly tries: number;
  readonly provider: string | null;
  readonly providerId: string | null;
  readonly why: string | null;
  readonly receipt: string | null;
  readonly created: number;
  readonly finished: number | null;
}

export interface OutboxFilter {
  readonly state: string | null;
  readonly userId: string | null;
  readonly limit: number;
  readonly offset: number;
}

/** One page of the outbox, the newest first. */
export const listOutbox: Transaction<
  OutboxFilter,
  { readonly total: number; readonly messages: readonly OutboxEntry[] }
> = {
  name: 'list-outbox',
  access: 'read',
  run: async ({ sql }, { state, userId, limit, offset }) => {
    const filters = [
      ...(state === null ? [] : [['outbox.state = ?', state] as const]),
      ...(userId === null ? [] : [['outbox.user_id = ?', userId] as const]),
    ];
    const where = filters.length === 0 ? '' : `WHERE ${filters.map(([condition]) => condition).join(' AND ')}`;
    const parameters = filters.map(([, parameter]) => parameter);
    const count = await sql.get(`SELECT count(*) AS total FROM outbox ${where}`, ...parameters);
    const rows = await sql.all(
      `SELECT outbox.*, users.name AS user_name FROM outbox LEFT JOIN users ON users.id = outbox.user_id ${where}
       ORDER BY outbox.created_at DESC, outbox.id LIMIT ? OFFSET ?`,
      ...parameters,
      limit,
      offset,
    );
    return { total: count ? integer(count, 'total') : 0, messages: rows.map(entry) };
  },
};

function entry(row: Row): OutboxEntry {
  return {
    id: text(row, 'id'),
    user: textOrNull(row, 'user_name'),
    method: text(row, 'method'),
    state: text(row, 'state'),
    target: text(row, 'target'),
    client: text(row, 'client'),
    tries: integer(row, 'tries'),
    provider: textOrNull(row, 'provider'),
    providerId: textOrNull(row, 'provider_id'),
    why: textOrNull(row, 'why'),
    receipt: textOrNull(row, 'receipt'),
    created: integer(row, 'created_at'),
    finished: row['finished_at'] === null ? null : integer(row, 'finished_at'),
  };
}

export interface PurgeInput {
  /** Milliseconds since 1970 UTC. */
  readonly wall: number;
  /** How long messages that have ended are shown, in milliseconds. */
  readonly keep: number;
  /** Rows of each table at most. */
  readonly limit: number;
}

/** Removes what has ended: old messages, codes past their time, counts past their window. @returns how many rows it was */
export const purgeOutbox: Transaction<PurgeInput, number> = {
  name: 'purge-outbox',
  access: 'write',
  run: async ({ sql }, { wall, keep, limit }) => {
    const old = "SELECT id FROM outbox WHERE state NOT IN ('queued', 'processing') AND created_at <= ? LIMIT ?";
    const messages = await forgetMessages(sql, `id IN (${old})`, wall - keep, limit);
    const past = 'SELECT challenge_id FROM sent_codes WHERE expires_at <= ? LIMIT ?';
    const codes = await sql.run(`DELETE FROM sent_codes WHERE challenge_id IN (${past})`, wall, limit);
    const key = 'scope, subject, size, part';
    const over = `SELECT ${key} FROM send_counts WHERE ends_at <= ? LIMIT ?`;
    const counts = await sql.run(`DELETE FROM send_counts WHERE (${key}) IN (${over})`, wall, limit);
    return messages + codes + counts;
  },
};
