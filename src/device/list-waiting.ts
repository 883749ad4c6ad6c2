import { integer, integerOrNull, text, textOrNull } from '../store/row.ts';
import type { Row, Sql } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';
import { checkRequest, type DeviceRequest } from './check-request.ts';
import { choicesOf } from './choices.ts';
import { newNonce } from './device-nonces.ts';

/** What a phone shows of a login that waits. */
export interface WaitingApproval {
  readonly id: string;
  /** As the NAS says; empty if it says nothing. */
  readonly place: string;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly ask:
    /** The number that the prompt shows is typed; the phone is not told which. */
    | { readonly kind: 'number'; readonly application: string }
    /** No prompt shows anything: the user tells the application. */
    | { readonly kind: 'pick'; readonly applications: readonly string[] }
    /** There is one application alone. */
    | { readonly kind: 'confirm'; readonly application: string };
}

export interface ListInput extends DeviceRequest {
  /** `nonceRandom` octets, for what the device signs next. */
  readonly next: Buffer;
  /** Of all clients. */
  readonly applications: readonly string[];
  /** `choicesRandom` octets for each approval. */
  readonly random: readonly Buffer[];
}

export type ListOutput =
  | {
      readonly kind: 'waiting';
      readonly userName: string;
      readonly approvals: readonly WaitingApproval[];
      /** What the device signs next. */
      readonly nonce: Buffer;
    }
  | { readonly kind: 'unknown-device' | 'refused' };

/** Approvals that one phone is told of: as many as `[approval] limit` allows, or later logins would push out the one that the phone shows. */
export const mostWaiting = 20;

/** What waits for the user of a device, the last first: a prompt that was left hides none that came after it. What the user picks from is chosen once: asking again narrows nothing down. */
export const listWaiting: Transaction<ListInput, ListOutput> = {
  name: 'list-waiting-approvals',
  access: 'write',
  run: async (context, input) => {
    const { sql, seal } = context;
    const { device, now, next } = input;
    const checked = await checkRequest(context, input, 'list', []);
    if (checked.kind !== 'known') return checked;
    const user = await sql.get('SELECT name, disabled FROM users WHERE id = ?', checked.userId);
    if (!user) return { kind: 'unknown-device' };
    // A disabled user may be enabled again, and the phone is still his.
    const rows = integer(user, 'disabled') === 0 ? await openOf(sql, checked.userId, now) : [];
    const approvals: WaitingApproval[] = [];
    for (const [i, row] of rows.entries()) approvals.push(await shown(sql, row, input, i));
    const nonce = newNonce(seal, device, checked.accepted, next, now);
    return { kind: 'waiting', userName: text(user, 'name'), approvals, nonce };
  },
};

function openOf(sql: Sql, userId: string, now: number): Promise<Row[]> {
  return sql.all(
    `SELECT id, application, device, number, choices, created_at, expires_at FROM approvals
     WHERE user_id = ? AND status = 'open' AND expires_at > ? ORDER BY created_at DESC, id DESC LIMIT ?`,
    userId,
    now,
    mostWaiting,
  );
}

async function shown(sql: Sql, row: Row, { applications, random }: ListInput, i: number): Promise<WaitingApproval> {
  const id = text(row, 'id');
  const application = text(row, 'application');
  const about = {
    id,
    place: textOrNull(row, 'device') ?? '',
    startedAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
  };
  if (integerOrNull(row, 'number') !== null) return { ...about, ask: { kind: 'number', application } };
  const octets = random[i];
  if (!octets) throw new Error('there are more approvals than random octets');
  const made = JSON.stringify(choicesOf(application, applications, octets));
  // Another phone of the same user may show it first.
  const kept = await sql.get(
    'UPDATE approvals SET choices = coalesce(choices, ?) WHERE id = ? RETURNING choices',
    made,
    id,
  );
  const choices = readChoices(kept && textOrNull(kept, 'choices'));
  return {
    ...about,
    ask: choices.length > 1 ? { kind: 'pick', applications: choices } : { kind: 'confirm', application },
  };
}

/** @param kept as it stands in the store; nothing if it was not shown on a phone yet */
export function readChoices(kept: string | null | undefined): readonly string[] {
  return kept === null || kept === undefined ? [] : (JSON.parse(kept) as string[]);
}
