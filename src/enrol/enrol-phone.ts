import type { MessageTexts } from '../deliver/render-message.ts';
import { readPhoneNumber } from '../deliver/phone-number.ts';
import { begin, sentFactors } from '../factor/sent-code.ts';
import type { Windows } from '../factor/factor.ts';
import type { SendingRules } from '../policy/sending.ts';
import type { HostTime } from '../store/host-time.ts';
import type { Transaction } from '../store/store.ts';
import type { Confirmed } from './enrol-app.ts';
import {
  auditStep,
  countWrong,
  enrolmentId,
  holdEnrolment,
  type Gone,
  type HasFactor,
  type Step,
} from './enrolment.ts';
import { keepsPhone } from './show-enrolment.ts';

export interface BeginPhone extends Step {
  /** As typed. */
  readonly number: string;
  readonly method: 'sms' | 'voice';
  /** Random, for the outbox. */
  readonly outboxId: string;
  /** As newCode makes it. */
  readonly code: string;
  /** How long it is good, in milliseconds. */
  readonly lifetime: number;
  /** The monotonic clock, for the outbox. */
  readonly time: HostTime;
  /** What the text calls what the user will log in to. */
  readonly application: string;
  readonly rules: SendingRules;
  readonly texts: Readonly<Record<string, MessageTexts>>;
  /** For users who have none of their own. */
  readonly language: string;
}

export type PhoneBegun =
  | { readonly kind: 'sent'; readonly target: string }
  /**
   * `limited`: no more messages go out for now. It is no number, or none where messages go. `kept`: the user has one that this link may not replace.
   */
  | { readonly kind: 'limited' | 'invalid' | 'not-allowed' | 'kept' | 'done' }
  | Gone
  | HasFactor;

/**
 * Sends a code to a number that is the user's only once the code was typed. The limits of sending hold as for a login's; a code that was sent to another
 * number before is dead.
 */
export const beginEnrolPhone: Transaction<BeginPhone, PhoneBegun> = {
  name: 'begin-enrol-phone',
  access: 'write',
  run: async (context, step) => {
    const enrolment = await holdEnrolment(context, step);
    if ('kind' in enrolment) return enrolment;
    if (enrolment.phoneDone) return { kind: 'done' };
    if (keepsPhone(enrolment)) return { kind: 'kept' };
    const read = readPhoneNumber(step.number);
    if (read.kind === 'none') return { kind: 'invalid' };
    const { sql } = context;
    const begun = await begin(context, {
      ...step,
      userId: enrolment.user.id,
      challengeId: `${enrolmentId(enrolment)}-${step.outboxId}`,
      client: 'enrolment page',
      // Only where the user says it goes, whatever is known of him.
      directory: { phones: [read.number], emails: [] },
      order: ['directory'],
    });
    if (begun.kind === 'limited' || (begun.kind === 'no-target' && begun.why === 'blocked')) {
      await auditStep(context, step, enrolment, {
        method: step.method,
        result: 'reject',
        reason: `enrol-limited: ${begun.kind === 'limited' ? begun.which : begun.why}`,
      });
      return { kind: 'limited' };
    }
    if (begun.kind === 'no-target') return { kind: begun.why === 'not-allowed' ? 'not-allowed' : 'invalid' };
    // The code of the way that is noted here is the only one that counts.
    await sql.run(
      'UPDATE enrolments SET phone = ?, phone_method = ? WHERE digest = ?',
      read.number,
      step.method,
      enrolment.digest,
    );
    await auditStep(context, step, enrolment, {
      method: step.method,
      result: 'change',
      reason: `enrol-phone-begun: ${begun.target}`,
    });
    return { kind: 'sent', target: begun.target };
  },
};

export interface ConfirmPhone extends Step {
  /** The code as typed. */
  readonly answer: Buffer;
  readonly windows: Windows;
}

/** The code that was sent to the number: the number is the user's from then on. */
export const confirmEnrolPhone: Transaction<ConfirmPhone, Confirmed> = {
  name: 'confirm-enrol-phone',
  access: 'write',
  run: async (context, step) => {
    const enrolment = await holdEnrolment(context, step);
    if ('kind' in enrolment) return enrolment;
    const { sql } = context;
    const { pendingPhone, user, digest } = enrolment;
    if (enrolment.phoneDone) return { kind: 'done' };
    // The administrator may have given him a number meanwhile.
    if (!pendingPhone || keepsPhone(enrolment)) return { kind: 'not-begun' };
    const { method, number } = pendingPhone;
    const { kind } = await sentFactors[method].check(context, {
      userId: user.id,
      octets: step.answer,
      now: step.now,
      windows: step.windows,
      loginId: enrolmentId(enrolment),
    });
    if (kind !== 'right') {
      const left = await countWrong(context, step, enrolment, method);
      return left === 0 ? { kind: 'gone', why: 'too-often' } : { kind, left };
    }
    await sql.run('UPDATE users SET phone = ? WHERE id = ?', number, user.id);
    await sql.run('UPDATE enrolments SET phone = NULL, phone_at = ? WHERE digest = ?', step.now, digest);
    await auditStep(context, step, enrolment, { method, result: 'change', reason: 'enrol-phone-confirmed' });
    return { kind: 'done' };
  },
};
