import { isBlocked } from '../approval/approval-state.ts';
import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
import { renderEnrolment, type NoticeTexts } from '../deliver/render-notice.ts';
import { languageFor, wordsIn } from '../deliver/in-language.ts';
import { hasFactor, holdEnrolments, openEnrolment } from '../enrol/enrolment.ts';
import { findTarget, type Contacts } from '../factor/sent-target.ts';
import type { SendingRules } from '../policy/sending.ts';
import type { HostTime } from '../store/host-time.ts';
import { queueMessage } from '../store/outbox.ts';
import { integer, textOrNull } from '../store/row.ts';
import type { Sql } from '../store/sql.ts';
import { countSend, holdSends } from '../store/send-counts.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { outcomes } from './outcome.ts';

/** How long a link is good that a login has asked for, in milliseconds. */
export const enrolmentLifetime = 24 * 3_600_000;

/** For so long a login asks for no other link, in milliseconds: the first may be on its way, or its page open. */
export const enrolmentPause = 3_600_000;

/** Why a user gets one: no method at all, or none that the rule takes. */
export type Lack = 'not-enrolled' | 'method-missing';

export interface SendEnrolmentInput {
  /** Who has proven the password. */
  readonly userId: string;
  readonly lack: Lack;
  /** 16 random octets. */
  readonly token: Buffer;
  /** Random, for the outbox. */
  readonly outboxId: string;
  /** `[web] url`. */
  readonly url: string;
  /** What the mail says that it is for. */
  readonly issuer: string;
  /** Whether codes can be sent to phones: then a number is a second factor. */
  readonly phones: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** The monotonic clock, for the outbox. */
  readonly time: HostTime;
  readonly rules: SendingRules;
  /** What mails say, by language. */
  readonly texts: Readonly<Record<string, NoticeTexts>>;
  /** For users who have no language of their own, or one that is not in `texts`. */
  readonly language: string;
  /** What the directory says of the user, where it was asked. */
  readonly directory: Contacts | undefined;
  /** Which is looked at first. */
  readonly order: readonly ('store' | 'directory')[];
  readonly audit: AuditedRequest;
}

export type SendEnrolmentOutput =
  | { readonly kind: 'sent'; readonly target: string }
  /** One was sent lately, and is still good. */
  | { readonly kind: 'open' }
  /** None was sent; `why` is for the log. */
  | { readonly kind: 'refused'; readonly why: EnrolmentRefusal };

export type EnrolmentRefusal = 'limited' | 'no-target' | 'blocked' | 'has-factor' | 'disabled';

/**
 * Mails a user the link to register a second factor, since a rule says so and the user has none for it: one in an hour, within the limits of sending. It goes where
 * the store or the directory says, whoever logs in. The login itself is refused: the row in the audit is a part of the transaction.
 */
export const sendEnrolment: Transaction<SendEnrolmentInput, SendEnrolmentOutput> = {
  name: 'send-enrolment',
  access: 'write',
  run: async (context, input) => {
    const output = await send(context, input);
    const outcome = { sent: 'enrolment-sent', open: 'enrolment-open', refused: input.lack } as const;
    const reason = outcome[output.kind];
    const came = { userId: input.userId, method: null, result: outcomes[reason].verdict, reason };
    await writeAudit(context, rowOf(input.audit, came));
    return output;
  },
};

/** Whether a mailbox would stand in for a second factor that the user has or had. */
function standsIn(sql: Sql, userId: string, phones: boolean): Promise<boolean> {
  return hasFactor(sql, userId, { except: null, device: null, phone: phones, recovery: true });
}

/** The same for who only asks. */
export const findFactor: Transaction<Pick<SendEnrolmentInput, 'userId' | 'phones'>, boolean> = {
  name: 'find-factor',
  access: 'read',
  run: ({ sql }, { userId, phones }) => standsIn(sql, userId, phones),
};

async function send(context: TransactionContext, input: SendEnrolmentInput): Promise<SendEnrolmentOutput> {
  const { sql } = context;
  const { userId, now, phones, rules } = input;
  const links = await holdEnrolments(context, userId);
  // As in every transaction that holds both, the counts come last.
  const user = await sql.get('SELECT email, language, disabled FROM users WHERE id = ?', userId);
  if (!user || integer(user, 'disabled') !== 0) return { kind: 'refused', why: 'disabled' };
  if (await isBlocked(sql, userId, rules.block, now)) return { kind: 'refused', why: 'blocked' };
  if (await standsIn(sql, userId, phones)) return { kind: 'refused', why: 'has-factor' };
  // A clock that was set back makes nothing wait for longer.
  const isRecent = (created: number): boolean => created > now - enrolmentPause && created < now + enrolmentPause;
  if (links.some(({ created, expires }) => expires > now && isRecent(created))) return { kind: 'open' };

  const store: Contacts = { phones: [], emails: [textOrNull(user, 'email')] };
  const target = findTarget('email', { store, directory: input.directory }, input.order, rules);
  if (target.kind === 'none') return { kind: 'refused', why: 'no-target' };
  await holdSends(sql);
  const about = { user: userId, to: target.to, carrier: 'email', client: input.audit.client } as const;
  if (await countSend(context, about, rules, now)) return { kind: 'refused', why: 'limited' };

  const expires = now + enrolmentLifetime;
  await openEnrolment(context, { userId, token: input.token, existing: 'refuse', at: now, expires });
  const own = textOrNull(user, 'language');
  const language = languageFor(input.texts, own, input.language);
  const texts = wordsIn(input.texts, language);
  const link = `${input.url}/e/${input.token.toString('base64url')}`;
  await queueMessage(context, {
    id: input.outboxId,
    challengeId: `enrol-${input.outboxId}`,
    userId,
    method: 'email',
    target: target.masked,
    client: input.audit.client,
    envelope: {
      ...renderEnrolment(texts, { link, until: expires, application: input.issuer, language }),
      to: target.to,
      extension: null,
      code: '',
      language,
    },
    time: input.time,
    lifetime: enrolmentLifetime,
    createdAt: now,
  });
  return { kind: 'sent', target: target.masked };
}
