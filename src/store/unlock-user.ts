import { clearApprovals } from '../approval/approval-state.ts';
import { auditChange, type Change } from '../audit/change.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { clearLockouts, codeFactor } from './lockouts.ts';
import { forgetRemembered } from './remembered.ts';
import { userNamed } from './named-user.ts';
import { integerOrNull } from './row.ts';
import type { Transaction } from './store.ts';

export interface Unlocked {
  readonly name: string;
  /** How many wrong codes there were. */
  readonly failures: number;
  /** Until when the user had to wait, in milliseconds since 1970 UTC; it may be past. */
  readonly pausedUntil: number | null;
}

/** Forgets a user's wrong codes, and with them any wait; approvals may be asked again. @throws OperatorError 'not-found' */
export const unlockUser: Transaction<{ readonly user: FoldedName; readonly change: Change }, Unlocked> = {
  name: 'unlock-user',
  access: 'write',
  run: async (context, { user: name, change }) => {
    const { sql } = context;
    const user = await userNamed(sql, name);
    const row = await sql.get(
      'SELECT max(failures) AS failures, max(paused_until) AS paused_until FROM lockouts WHERE user_id = ? AND factor = ?',
      user.id,
      codeFactor,
    );
    await clearLockouts(context, user.id);
    await forgetRemembered(sql, user.id);
    await clearApprovals(sql, user.id);
    await auditChange(context, change, user);
    return {
      name: user.name,
      failures: (row && integerOrNull(row, 'failures')) ?? 0,
      pausedUntil: (row && integerOrNull(row, 'paused_until')) ?? null,
    };
  },
};
