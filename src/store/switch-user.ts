import { auditChange, type Change } from '../audit/change.ts';
import { differenceOf } from '../audit/difference.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { holdUser } from './lockouts.ts';
import { userNamed } from './named-user.ts';
import { setDisabled } from './set-disabled.ts';
import type { Transaction } from './store.ts';

export interface Switch {
  readonly user: FoldedName;
  readonly disabled: boolean;
  readonly change: Change;
}

/** Disables a user, as setDisabled does, or enables one again. @returns the user's name @throws OperatorError 'not-found' */
export const switchUser: Transaction<Switch, string> = {
  name: 'switch-user',
  access: 'write',
  run: async (context, { user: name, disabled, change }) => {
    const { sql } = context;
    const user = await userNamed(sql, name);
    await holdUser(context, user.id);
    const before = await sql.get('SELECT disabled FROM users WHERE id = ?', user.id);
    await setDisabled(sql, user.id, disabled);
    await auditChange(context, change, user, undefined, differenceOf(before ?? {}, { disabled: Number(disabled) }));
    return user.name;
  },
};
