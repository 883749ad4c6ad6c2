import { auditChange, type Change } from '../audit/change.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { holdUser } from '../store/lockouts.ts';
import { userNamed } from '../store/named-user.ts';
import type { Transaction } from '../store/store.ts';
import { recoveryOwner } from './recovery.ts';

export interface NewRecoveryCodes {
  readonly user: FoldedName;
  /** Each as recoveryCode gives them: letters in capitals and digits, without dash. */
  readonly codes: readonly string[];
  readonly change: Change;
}

/** Gives a user new recovery codes in place of all older ones. @returns the user's name @throws OperatorError 'not-found' */
export const replaceRecoveryCodes: Transaction<NewRecoveryCodes, string> = {
  name: 'replace-recovery-codes',
  access: 'write',
  run: async (context, { user: name, codes, change }) => {
    const { sql, seal } = context;
    const user = await userNamed(sql, name);
    // Whoever replaces or uses them at the same time waits here, where the database lets writers run side by side.
    await holdUser(context, user.id);
    await sql.run('DELETE FROM recovery_codes WHERE user_id = ?', user.id);
    for (const code of codes)
      await sql.run(
        'INSERT INTO recovery_codes (user_id, digest, created_at) VALUES (?, ?, ?)',
        user.id,
        seal.digest(Buffer.from(code), recoveryOwner(user.id)),
        change.at,
      );
    await auditChange(context, change, user);
    return user.name;
  },
};
