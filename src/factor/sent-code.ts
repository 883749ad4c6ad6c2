import { createHash, timingSafeEqual } from 'node:crypto';
import { isBlocked } from '../approval/approval-state.ts';
import { languageFor, wordsIn } from '../deliver/in-language.ts';
import { renderMessage, type MessageTexts } from '../deliver/render-message.ts';
import type { SendingRules } from '../policy/sending.ts';
import type { SentMethod } from '../policy/sent-method.ts';
import { integer, integerOrNull, octets, text, textOrNull } from '../store/row.ts';
import type { HostTime } from '../store/host-time.ts';
import { queueMessage } from '../store/outbox.ts';
import { countSend, holdSends, type SendLimit } from '../store/send-counts.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import type { Answer, CheckResult, Factor } from './factor.ts';
import { findTarget, type Contacts, type NoTarget } from './sent-target.ts';

/** What names one sending. @param loginId the login that it is for, or `laterLoginAt` a client @param turn tells the sendings for it apart */
export function challengeOf(loginId: string, turn: number | string): string {
  return `${loginId}-${turn}`;
}

/** What a code is sent for that is typed in a later login of the same user at the same client, since that one can't be asked for it. */
export function laterLoginAt(client: string): string {
  return `later:${createHash('sha256').update(client).digest('hex')}`;
}

function isOf(challengeId: string, loginId: string): boolean {
  return challengeId.startsWith(`${loginId}-`);
}

/** What a sent code is digested for. */
export function sentCodeOwner(challengeId: string): string {
  return `sent-code:${challengeId}`;
}

export interface BeginInput {
  readonly userId: string;
  readonly method: SentMethod;
  /** As challengeOf makes it: the same again sends nothing. A resend has another. */
  readonly challengeId: string;
  /** Random, for the outbox. */
  readonly outboxId: string;
  /** As newCode makes it. */
  readonly code: string;
  /** How long the code is good, in milliseconds. */
  readonly lifetime: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** The monotonic clock, for the outbox. */
  readonly time: HostTime;
  /** The RADIUS client's name, for its limit. */
  readonly client: string;
  /** What the text calls it. */
  readonly application: string;
  readonly rules: SendingRules;
  /** What messages say, by language. */
  readonly texts: Readonly<Record<string, MessageTexts>>;
  /** For users who have no language of their own, or one that is not in `texts`. */
  readonly language: string;
  /** What the directory says of the user, where it was asked. */
  readonly directory: Contacts | undefined;
  /** Which is looked at first. */
  readonly order: readonly ('store' | 'directory')[];
}

export type BeginOutput =
  | { readonly kind: 'queued'; readonly target: string; readonly language: string }
  | ({ readonly kind: 'limited'; readonly language: string } & SendLimit)
  /** There is nobody to send it to; `why` is for the log. */
  | { readonly kind: 'no-target'; readonly why: NoTarget | 'blocked'; readonly language: string };

/**
 * Queues a code to be sent, inside a transaction: the limits are looked at, the code's keyed digest is kept, and it takes the place of an earlier one by
 * the same way. The message leaves once the transaction is committed and the worker is told.
 */
export async function begin(context: TransactionContext, input: BeginInput): Promise<BeginOutput> {
  const { sql, seal } = context;
  const { userId, method, challengeId, now } = input;
  // First of all: what was queued for this challenge before must be seen, and the counts must not change under us.
  await holdSends(sql);
  const user = await sql.get('SELECT phone, email, language FROM users WHERE id = ?', userId);
  const own = user ? textOrNull(user, 'language') : null;
  const language = languageFor(input.texts, own, input.language);
  const before = await sql.get('SELECT target FROM outbox WHERE challenge_id = ?', challengeId);
  if (before) return { kind: 'queued', target: text(before, 'target'), language };
  if (!user) return { kind: 'no-target', why: 'none', language };
  if (await isBlocked(sql, userId, input.rules.block, now)) return { kind: 'no-target', why: 'blocked', language };

  const stored = { phones: [textOrNull(user, 'phone')], emails: [textOrNull(user, 'email')] };
  const target = findTarget(method, { store: stored, directory: input.directory }, input.order, input.rules);
  if (target.kind === 'none') return { kind: 'no-target', why: target.why, language };

  const about = { user: userId, to: target.to, carrier: method, client: input.client };
  const limit = await countSend(context, about, input.rules, now);
  if (limit) return { kind: 'limited', ...limit, language };

  await sql.run('UPDATE sent_codes SET dead = 1 WHERE user_id = ? AND method = ? AND dead = 0', userId, method);
  await sql.run(
    'INSERT INTO sent_codes (challenge_id, user_id, method, digest, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    challengeId,
    userId,
    method,
    seal.digest(Buffer.from(input.code), sentCodeOwner(challengeId)),
    now,
    now + input.lifetime,
  );
  const texts = wordsIn(input.texts, language);
  const facts = { code: input.code, application: input.application, lifetime: input.lifetime };
  await queueMessage(context, {
    id: input.outboxId,
    challengeId,
    userId,
    method,
    target: target.masked,
    client: input.client,
    envelope: {
      ...renderMessage(method, texts, facts),
      to: target.to,
      extension: target.extension,
      code: input.code,
      language,
    },
    time: input.time,
    lifetime: input.lifetime,
    createdAt: now,
  });
  return { kind: 'queued', target: target.masked, language };
}

/** The same as a transaction of its own. */
export const beginSentCode: Transaction<BeginInput, BeginOutput> = {
  name: 'begin-sent-code',
  access: 'write',
  run: begin,
};

function sentFactor(method: SentMethod | 'approval'): Factor {
  return { method, check: (context, answer) => check(context, answer, method) };
}

/** Codes that were sent by text message, call and e-mail: each good once, until its time is over or the next one is sent. */
export const sentFactors: Readonly<Record<SentMethod, Factor>> = {
  sms: sentFactor('sms'),
  voice: sentFactor('voice'),
  email: sentFactor('email'),
};

/** The code that the page of an approval shows: typed at the prompt, it is one that went to the user. */
export const approvalFactor: Factor = sentFactor('approval');

/** Codes of one user that may be looked at: those of the logins that he has begun within the life of a code. */
const most = 100;

async function check(
  { sql, seal }: TransactionContext,
  answer: Answer,
  method: Factor['method'],
): Promise<CheckResult> {
  const { userId, now, loginId } = answer;
  const code = Buffer.from(answer.octets.toString('utf8').replaceAll(/[\s-]/g, ''));
  const rows = await sql.all(
    `SELECT challenge_id, digest, expires_at, used_at, dead FROM sent_codes WHERE user_id = ? AND method = ?
     ORDER BY created_at DESC LIMIT ?`,
    userId,
    method,
    most,
  );
  let result: CheckResult = { kind: 'wrong' };
  for (const row of rows) {
    const challengeId = text(row, 'challenge_id');
    if (!timingSafeEqual(octets(row, 'digest'), seal.digest(code, sentCodeOwner(challengeId)))) continue;
    if (integerOrNull(row, 'used_at') !== null) result = { kind: 'used' };
    else if (isOf(challengeId, loginId) && integer(row, 'dead') === 0 && integer(row, 'expires_at') > now) {
      const used = await sql.run(
        `UPDATE sent_codes SET used_at = ? WHERE challenge_id = ? AND used_at IS NULL AND dead = 0 AND expires_at > ?`,
        now,
        challengeId,
        now,
      );
      if (used === 1) return { kind: 'right' };
      // Somebody was faster: with the code itself, or with the next one.
      result = { kind: 'used' };
    }
  }
  return result;
}
