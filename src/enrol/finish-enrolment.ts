import { maskNumber } from '../deliver/phone-number.ts';
import type { Transaction } from '../store/store.ts';
import {
  auditStep,
  holdEnrolment,
  removePending,
  replaceTokens,
  type Gone,
  type HasFactor,
  type Step,
} from './enrolment.ts';

/** What the user has set up. */
export interface Finished {
  readonly kind: 'finished';
  readonly language: string | null;
  readonly app: boolean;
  /** Whether a phone was set up to decide on. */
  readonly device: boolean;
  /** Masked; null if no number was set up. */
  readonly phone: string | null;
}

/** Ends a link that has done its work: it opens nothing any more. @returns 'nothing' if nothing was set up yet, which leaves it open */
export const finishEnrolment: Transaction<Step, Finished | { readonly kind: 'nothing' } | Gone | HasFactor> = {
  name: 'finish-enrolment',
  access: 'write',
  run: async (context, step) => {
    const enrolment = await holdEnrolment(context, step);
    if ('kind' in enrolment) return enrolment;
    const { user, appDone, phoneDone, tokenId, deviceId, digest } = enrolment;
    if (!appDone && !phoneDone && deviceId === null) return { kind: 'nothing' };
    const { sql } = context;
    // An administrator may have taken the app in.
    await replaceTokens(sql, enrolment);
    await removePending(sql, tokenId);
    await sql.run(
      'UPDATE enrolments SET used_at = ?, phone = NULL, device_digest = NULL, device_until = NULL WHERE digest = ?',
      step.now,
      digest,
    );
    await auditStep(context, step, enrolment, { method: null, result: 'change', reason: 'enrol-finished' });
    const phone = phoneDone && user.phone !== null ? maskNumber(user.phone) : null;
    return { kind: 'finished', language: user.language, app: appDone, device: deviceId !== null, phone };
  },
};
