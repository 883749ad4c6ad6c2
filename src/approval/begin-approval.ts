import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
import { renderNotice, type NoticeTexts } from '../deliver/render-notice.ts';
import { languageFor, wordsIn } from '../deliver/in-language.ts';
import { hasDevice } from '../device/has-device.ts';
import { findTarget, type Contacts } from '../factor/sent-target.ts';
import type { NoticeCarrier } from '../policy/carrier.ts';
import { goesOn } from '../policy/goes-on.ts';
import { queuePushes } from '../push/queue-pushes.ts';
import { subscriptionsOf } from '../push/subscriptions.ts';
import type { SendingRules } from '../policy/sending.ts';
import type { HostTime } from '../store/host-time.ts';
import { queueMessage } from '../store/outbox.ts';
import { text, textOrNull } from '../store/row.ts';
import { countSend, holdSends } from '../store/send-counts.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { linkPurpose, pageOf, type ApprovalRandom, type Status } from './approval.ts';
import { callToken } from './call.ts';
import { answerToken } from './text-answer.ts';
import { holdApprovals } from './approval-state.ts';

export interface BeginApprovalInput {
  readonly userId: string;
  readonly loginId: string;
  readonly random: ApprovalRandom;
  /** Where the user's device is, as the NAS says; null if it says nothing, and then no other request can wait for the same answer. */
  readonly device: string | null;
  readonly application: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Until when the answer is of use: when the NAS gives up, as `now`. */
  readonly until: number;
  /** What the page lets the user pick from, if the prompt goes on at once and shows a number. */
  readonly typed: { readonly number: number; readonly numbers: readonly number[] } | undefined;
  /** How long an answer serves requests that would have joined, in milliseconds. */
  readonly window: number;
  /** Approvals that a user may leave unanswered in a row. */
  readonly limit: number;
  /** What a notice may go by, in order. */
  readonly channels: readonly NoticeCarrier[];
  /** Whether phones are told by their push services. */
  readonly push: boolean;
  /** Whether a text may be answered by another one. */
  readonly answers: boolean;
  /** `[web] url`. */
  readonly url: string;
  readonly rules: SendingRules;
  readonly order: readonly ('store' | 'directory')[];
  readonly directory: Contacts | undefined;
  readonly texts: Readonly<Record<string, NoticeTexts>>;
  readonly language: string;
  /** The monotonic clock, for the outbox. */
  readonly time: HostTime;
  readonly audit: AuditedRequest;
}

/** Why none is asked. */
export type ApprovalRefusal = 'limited' | 'no-target' | 'unanswered' | 'blocked';

export type BeginApprovalOutput =
  | {
      readonly kind: 'asked';
      readonly id: string;
      readonly status: Status;
      /** Whether another request had asked already. */
      readonly joined: boolean;
      readonly target: string | null;
      /** Whether the user is called, and gets no page. */
      readonly isCall: boolean;
    }
  | { readonly kind: 'refused'; readonly why: ApprovalRefusal };

/**
 * Asks a user to approve a login, as one transaction: a request of the same user, client and device joins one that is open or was answered just now;
 * else a row, the link to its page and the message with it are made, within the limits of sending and of what was left unanswered.
 */
export const beginApproval: Transaction<BeginApprovalInput, BeginApprovalOutput> = {
  name: 'begin-approval',
  access: 'write',
  run: async (context, input) => {
    const { sql } = context;
    const { userId, now, loginId } = input;
    const user = await sql.get('SELECT name, phone, email, language FROM users WHERE id = ?', userId);
    if (!user) return { kind: 'refused', why: 'no-target' };
    const state = await holdApprovals(sql, userId);
    if (goesOn(state.blockedUntil, input.rules.block, now)) return { kind: 'refused', why: 'blocked' };
    const joined = await join(context, input);
    if (joined) return joined;
    if (state.unanswered >= input.limit) return { kind: 'refused', why: 'unanswered' };

    await holdSends(sql);
    const stored = { phones: [textOrNull(user, 'phone')], emails: [textOrNull(user, 'email')] };
    // A phone that is told by its push service needs no other notice.
    const isPushed = input.push && (await subscriptionsOf(context, userId)).length > 0;
    const sending = isPushed ? undefined : await findWay(context, input, text(user, 'name'), stored);
    // Who has a phone with the page of approvals finds it there, whatever reaches him.
    if (sending?.kind === 'refused' && !(await hasDevice(sql, userId))) return sending;
    const own = textOrNull(user, 'language');
    const language = languageFor(input.texts, own, input.language);

    // Never two open for one login.
    await sql.run("UPDATE approvals SET status = 'closed' WHERE login_id = ? AND status = 'open'", loginId);
    const isCall = sending?.kind === 'reached' && sending.carrier === 'voice';
    await insert(context, input, text(user, 'name'), language);
    await sql.run('UPDATE approval_states SET unanswered = unanswered + 1 WHERE user_id = ?', userId);
    if (isPushed) await push(context, input, text(user, 'name'), language);
    if (sending?.kind === 'reached') {
      await addLink(context, input.random.id, isCall ? callToken(input.random.token) : input.random.token);
      const reference = referenceOf(input, sending);
      if (reference !== null) await addLink(context, input.random.id, answerToken(sending.to, reference));
      await send(context, input, sending, reference, text(user, 'name'), language);
    }
    const came = { userId, method: 'approval', result: 'challenge', reason: 'approval-asked' } as const;
    await writeAudit(context, rowOf(input.audit, came));
    return {
      kind: 'asked',
      id: input.random.id,
      status: 'open',
      joined: false,
      target: sending?.kind === 'reached' ? sending.masked : null,
      isCall,
    };
  },
};

/** What another request must have in common, all of it, to wait for the same answer: a password thief elsewhere has another device. */
function joinKey({ seal }: TransactionContext, { userId, device, audit }: BeginApprovalInput): Buffer | null {
  return device === null
    ? null
    : seal.digest(Buffer.from(JSON.stringify([userId, audit.client, device])), 'approval-join');
}

async function join(context: TransactionContext, input: BeginApprovalInput): Promise<BeginApprovalOutput | undefined> {
  const { sql } = context;
  const key = joinKey(context, input);
  if (key === null) return undefined;
  const row = await sql.get(
    // Not one that a prompt went on with: its answer is the code that the page shows. Nor one of a time to come, when the clock was set back.
    `SELECT id, status FROM approvals WHERE user_id = ? AND join_key = ? AND mode = 'wait'
       AND ((status = 'open' AND expires_at > ?) OR (status IN ('approved', 'declined', 'fraud') AND decided_at > ? AND decided_at < ?))
     ORDER BY created_at DESC LIMIT 1`,
    input.userId,
    key,
    input.now,
    input.now - input.window,
    input.now + input.window,
  );
  if (!row) return undefined;
  const id = text(row, 'id');
  await sql.run(
    "UPDATE approvals SET expires_at = ? WHERE id = ? AND status = 'open' AND expires_at < ?",
    input.until,
    id,
    input.until,
  );
  return { kind: 'asked', id, status: text(row, 'status') as Status, joined: true, target: null, isCall: false };
}

interface Reached {
  readonly kind: 'reached';
  readonly carrier: NoticeCarrier;
  readonly to: string;
  /** To be dialled once a call is answered. */
  readonly extension: string | null;
  readonly masked: string;
}

/** The first channel that reaches the user and is within its limits. */
async function findWay(
  context: TransactionContext,
  { userId, channels, typed, directory, order, rules, now, audit }: BeginApprovalInput,
  userName: string,
  store: Contacts,
): Promise<Reached | Extract<BeginApprovalOutput, { kind: 'refused' }>> {
  let why: ApprovalRefusal = 'no-target';
  for (const carrier of channels) {
    // Where the prompt shows a number it must be picked on the page, and a call brings none.
    if (carrier === 'voice' && typed) continue;
    const target =
      carrier === 'notify'
        ? ({ kind: 'target', to: userName, extension: null, masked: userName } as const)
        : findTarget(carrier, { store, directory }, order, rules);
    if (target.kind !== 'target') continue;
    const about = { user: userId, to: target.to, carrier, client: audit.client };
    if (await countSend(context, about, rules, now)) {
      why = 'limited';
      continue;
    }
    return { kind: 'reached', carrier, to: target.to, extension: target.extension, masked: target.masked };
  }
  return { kind: 'refused', why };
}

async function insert(
  context: TransactionContext,
  input: BeginApprovalInput,
  userName: string,
  language: string,
): Promise<void> {
  const { sql } = context;
  const { random, typed, audit } = input;
  await sql.run(
    `INSERT INTO approvals (id, login_id, user_id, user_name, client, client_address, application, device, primary_name, join_key, mode,
       number, numbers, language, status, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)`,
    random.id,
    input.loginId,
    input.userId,
    userName,
    audit.client,
    audit.clientAddress,
    input.application,
    input.device,
    audit.primary,
    joinKey(context, input),
    typed ? 'typed' : 'wait',
    typed?.number ?? null,
    typed ? JSON.stringify(typed.numbers) : null,
    language,
    input.now,
    input.until,
  );
}

/** What opens an approval: the secret of its page, or of an answer by text. */
async function addLink({ sql, seal }: TransactionContext, id: string, token: Buffer): Promise<void> {
  await sql.run('INSERT INTO approval_links (digest, approval_id) VALUES (?, ?)', seal.digest(token, linkPurpose), id);
}

/** What a text asks to be answered with; null where the page is needed, which shows a code, and where nothing can answer. */
function referenceOf({ answers, typed, random }: BeginApprovalInput, { carrier }: Reached): string | null {
  return answers && !typed && carrier === 'sms' ? random.reference : null;
}

/** A notice without links: the page on the phone asks itself what waits. */
async function push(
  context: TransactionContext,
  { userId, loginId, random, application, device, now, until, texts: all, time, audit }: BeginApprovalInput,
  user: string,
  language: string,
): Promise<void> {
  const texts = wordsIn(all, language);
  const about = { user, application, client: audit.client, device, at: now, link: '', reference: null, language };
  const lifetime = until - now;
  const { text: words, subject } = renderNotice('notify', texts, { ...about, lifetime });
  await queuePushes(context, {
    userId,
    outboxId: random.outboxId,
    about: `${loginId}-${random.id}`,
    client: audit.client,
    title: subject ?? '',
    text: words,
    language,
    time,
    lifetime,
    now,
  });
}

async function send(
  context: TransactionContext,
  { userId, loginId, random, typed, application, device, now, until, url, texts: all, time, audit }: BeginApprovalInput,
  { carrier, to, extension, masked }: Reached,
  reference: string | null,
  userName: string,
  language: string,
): Promise<void> {
  const texts = wordsIn(all, language);
  const link = pageOf(url, random.token);
  const facts = {
    user: userName,
    application,
    client: audit.client,
    device,
    at: now,
    link,
    reference,
    lifetime: until - now,
    language,
  };
  await queueMessage(context, {
    id: random.outboxId,
    challengeId: `${loginId}-${random.id}`,
    userId,
    method: carrier,
    target: masked,
    client: audit.client,
    envelope: {
      ...renderNotice(carrier, texts, facts),
      to,
      extension,
      // Kept out of logs as a code is: who fakes the number could answer with it.
      code: reference ?? '',
      language,
      ...(carrier === 'voice' ? { call: random.token.toString('base64url') } : {}),
      actions: {
        link,
        // Without the number that the prompt shows it would be taken as declined.
        approve: typed ? null : `${link}/approve`,
        decline: `${link}/decline`,
        application,
        client: audit.client,
        device,
        at: now,
        expires: until,
      },
    },
    time,
    lifetime: until - now,
    createdAt: now,
  });
}
