import { carriers, type Carrier } from '../policy/carrier.ts';
import { auditMessage, messageColumns } from './audit-message.ts';
import { timeOf, type HostTime } from './host-time.ts';
import { outboxOwner } from './outbox-owner.ts';
import type { Envelope } from './outbox.ts';
import { integer, octets, text, textOrNull } from './row.ts';
import { SealError } from './seal.ts';
import type { Row } from './sql.ts';
import type { Transaction, TransactionContext } from './store.ts';

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
    for (const method of carriers) {
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
