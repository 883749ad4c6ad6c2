import { clearApprovals, closeApprovalsOf } from '../approval/approval-state.ts';
import { auditChange, type Change } from '../audit/change.ts';
import { endEnrolments } from '../enrol/enrolment.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { clearLockouts } from './lockouts.ts';
import { forgetRemembered } from './remembered.ts';
import { userNamed } from './named-user.ts';
import { integer } from './row.ts';
import type { Transaction } from './store.ts';

export interface Reset {
  readonly name: string;
  readonly tokens: number;
  readonly recoveryCodes: number;
  readonly bypasses: number;
  readonly appPasswords: number;
  /** Phones to decide on. */
  readonly devices: number;
}

/**
 * Takes away all that a user could prove himself with and the links by which he could register it, so that a challenge that is open finds nothing to compare its answer with, and forgets the
 * wrong codes. @returns how much there was @throws OperatorError 'not-found'
 */
export const resetUser: Transaction<{ readonly user: FoldedName; readonly change: Change }, Reset> = {
  name: 'reset-user',
  access: 'write',
  run: async (context, { user: name, change }) => {
    const { sql } = context;
    const user = await userNamed(sql, name);
    await clearLockouts(context, user.id);
    await forgetRemembered(sql, user.id);
    // As who presses a button does.
    await clearApprovals(sql, user.id);
    await closeApprovalsOf(sql, user.id);
    await endEnrolments(sql, user.id);
    const tokens = await sql.run('DELETE FROM tokens WHERE user_id = ?', user.id);
    const unused = await sql.get(
      'SELECT count(*) AS codes FROM recovery_codes WHERE user_id = ? AND used_at IS NULL',
      user.id,
    );
    await sql.run('DELETE FROM recovery_codes WHERE user_id = ?', user.id);
    await sql.run('UPDATE sent_codes SET dead = 1 WHERE user_id = ?', user.id);
    const bypasses = await sql.run('DELETE FROM bypasses WHERE user_id = ? AND used_at IS NULL', user.id);
    const appPasswords = await sql.run('DELETE FROM app_passwords WHERE user_id = ?', user.id);
    const devices = await sql.run('DELETE FROM devices WHERE user_id = ?', user.id);
    await auditChange(context, change, user);
    return {
      name: user.name,
      appPasswords,
      devices,
      tokens,
      recoveryCodes: unused ? integer(unused, 'codes') : 0,
      bypasses,
    };
  },
};
