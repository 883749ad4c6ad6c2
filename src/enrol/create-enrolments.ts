import { auditChange, type Change } from '../audit/change.ts';
import type { HostTime } from '../store/host-time.ts';
import { queueMessage, type Envelope } from '../store/outbox.ts';
import { integer, text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import { hasFactor, holdEnrolments, openEnrolment, type Existing } from './enrolment.ts';

/** A link for one user. */
export interface NewEnrolment {
  readonly userId: string;
  /** 16 random octets. */
  readonly token: Buffer;
  /** The mail that carries it; null if it goes another way. */
  readonly mail: {
    /** Random, for the outbox. */
    readonly id: string;
    /** Masked, for the help desk. */
    readonly target: string;
    readonly envelope: Envelope;
  } | null;
}

export interface NewEnrolments {
  readonly links: readonly NewEnrolment[];
  readonly existing: Existing;
  /** Whether who has a link that is still good gets another, which ends it. */
  readonly again: boolean;
  /** As of Step. */
  readonly phones: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly expires: number;
  /** The monotonic clock, for the outbox. */
  readonly time: HostTime;
  readonly change: Change;
}

/** `open`: there is a link that is still good. `has-factor`: it would be refused. `disabled`: removed users, too. */
export type Created = 'created' | 'open' | 'has-factor' | 'disabled';

/** Makes links by which users register their own second factor, one for each at most, and queues the mails. @returns in the order of the links */
export const createEnrolments: Transaction<NewEnrolments, readonly Created[]> = {
  name: 'create-enrolments',
  access: 'write',
  run: async (context, input) => {
    const created: Created[] = [];
    // Each holds its user: two that take them in one order wait for one another, and not both at once.
    const inOrder = [...input.links.entries()].toSorted(([, one], [, other]) => (one.userId < other.userId ? -1 : 1));
    for (const [i, link] of inOrder) created[i] = await create(context, input, link);
    return created;
  },
};

async function create(
  context: Parameters<typeof createEnrolments.run>[0],
  { existing, again, phones, expires, time, change }: NewEnrolments,
  { userId, token, mail }: NewEnrolment,
): Promise<Created> {
  const { sql } = context;
  const links = await holdEnrolments(context, userId);
  const user = await sql.get('SELECT id, name, disabled FROM users WHERE id = ?', userId);
  if (!user || integer(user, 'disabled') !== 0) return 'disabled';
  if (existing === 'refuse' && (await hasFactor(sql, userId, { except: null, device: null, phone: phones })))
    return 'has-factor';
  if (!again && links.some(({ expires: until }) => until > change.at)) return 'open';
  await openEnrolment(context, { userId, token, existing, at: change.at, expires });
  if (mail)
    await queueMessage(context, {
      id: mail.id,
      challengeId: `enrol-${mail.id}`,
      userId,
      method: 'email',
      target: mail.target,
      client: `radgate ${change.command}`,
      envelope: mail.envelope,
      time,
      lifetime: expires - change.at,
      createdAt: change.at,
    });
  await auditChange(
    context,
    change,
    { id: userId, name: text(user, 'name') },
    mail ? `mailed to ${mail.target}` : 'shown',
  );
  return 'created';
}
