import { holdApprovals } from '../approval/approval-state.ts';
import { openApproval, settle, type DecideOutput, type SettleInput } from '../approval/decide-approval.ts';
import { holdUser } from '../store/lockouts.ts';
import { integer, integerOrNull, octets, text, textOrNull } from '../store/row.ts';
import type { Row } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';
import { isNonceOf, isUnused, useNonce } from './device-nonces.ts';
import { readChoices } from './list-waiting.ts';
import { deviceKeyOf } from './signature.ts';
import { isSignedBy } from './signed-decision.ts';

export interface DecideByDeviceInput extends SettleInput {
  readonly by: 'app';
  readonly device: string;
  readonly approval: string;
  /** As it was shown or picked. */
  readonly application: string;
  /** As it was given out; it is used up once the signature over it is good. */
  readonly nonce: Buffer;
  readonly signature: Buffer;
}

/** `unknown-device`: there is none, or none any more. `refused`: the nonce is used or too old, or the signature is over something else. */
export type DecideByDeviceOutput = DecideOutput | { readonly kind: 'unknown-device' | 'refused' };

/**
 * One decision that a phone has signed, once: the device, its nonce, its signature over what was shown and the approval are looked at in the one transaction
 * that decides. An approval of another user is none.
 */
export const decideByDevice: Transaction<DecideByDeviceInput, DecideByDeviceOutput> = {
  name: 'decide-by-device',
  access: 'write',
  run: async (context, input) => {
    const { sql, seal } = context;
    const { device, nonce, signature, decision, number, application, now } = input;
    const whose = await sql.get('SELECT user_id FROM devices WHERE id = ?', device);
    if (!whose) return { kind: 'unknown-device' };
    const userId = text(whose, 'user_id');
    // A code that is typed holds the user before his approvals.
    await holdUser(context, userId);
    await holdApprovals(sql, userId);
    // Whoever revokes it waits from here on; who has done so is seen.
    const found = await sql.get('UPDATE devices SET name = name WHERE id = ? RETURNING public_key, accepted', device);
    if (!found) return { kind: 'unknown-device' };
    const isGood = isNonceOf(seal, device, nonce, now) && (await isUnused(sql, nonce, integer(found, 'accepted')));
    if (!isGood) return { kind: 'refused' };
    const row = await openApproval(sql, input.approval, userId, now);
    if (!row) return { kind: 'gone' };
    const key = deviceKeyOf(octets(found, 'public_key'));
    const signed = {
      approval: input.approval,
      device,
      decision,
      number: number === null ? '' : String(number),
      application,
      place: textOrNull(row, 'device') ?? '',
      startedAt: integer(row, 'created_at'),
      nonce: nonce.toString('base64url'),
    };
    if (!key || !isSignedBy(key, signed, signature)) return { kind: 'refused' };
    await useNonce(sql, device, nonce);
    await sql.run('UPDATE devices SET last_used_at = ? WHERE id = ?', now, device);
    const answer = answerOf(row, input);
    return answer === 'gone' || answer === 'refused'
      ? { kind: answer }
      : settle(context, input, row, answer === 'right' ? null : answer);
  },
};

/** Holds a yes against the login that it is for. */
function answerOf(
  row: Row,
  { decision, number, application }: DecideByDeviceInput,
): 'right' | 'number' | 'application' | 'gone' | 'refused' {
  if (decision !== 'approve') return 'right';
  const wanted = integerOrNull(row, 'number');
  if (wanted !== null) {
    // The prompt went on since it was shown: it asks for a number now.
    if (number === null) return 'gone';
    if (application !== text(row, 'application')) return 'refused';
    return number === wanted ? 'right' : 'number';
  }
  // What was never shown on a phone can't have been picked there.
  if (number !== null || !readChoices(textOrNull(row, 'choices')).includes(application)) return 'refused';
  return application === text(row, 'application') ? 'right' : 'application';
}
