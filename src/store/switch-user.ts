import { auditChange, type Change } from '../audit/change.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from './named-user.ts';
import type { Transaction } from './store.ts';

export interface Switch {
  readonly user: FoldedName;
  readonly disabled: boolean;
  readonly change: Change;
}

/** Disables a user, or enables one again. @returns the user's name @throws OperatorError 'not-found' */
export const switchUser: Transaction<Switch, string> = {
  name: 'switch-user',
  access: 'write',
  run: async ({ sql }, { user: name, disabled, change }) => {
    const user = await userNamed(sql, name);
    await sql.run('UPDATE users SET disabled = ? WHERE id = ?', Number(disabled), user.id);
    await auditChange(sql, change, user);
    return user.name;
  },
};
