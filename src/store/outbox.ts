import type { Carrier } from '../policy/carrier.ts';
import { timeOf, type HostTime } from './host-time.ts';
import { outboxOwner } from './outbox-owner.ts';
import type { TransactionContext } from './store.ts';

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
