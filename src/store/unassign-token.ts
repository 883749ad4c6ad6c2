import { auditChange, type Change } from '../audit/change.ts';
import { OperatorError } from '../errors.ts';
import { text } from './row.ts';
import type { Transaction } from './store.ts';

export interface Unassignment {
  readonly serial: string;
  readonly change: Change;
}

/**
 * Takes a token from its user, for the next one. It keeps its counter and clock, so that no code is good twice, and loses the PIN, which was the user's.
 * @returns the user's name
 * @throws OperatorError 'not-found', or 'refused' if it is nobody's
 */
export const unassignToken: Transaction<Unassignment, string> = {
  name: 'unassign-token',
  access: 'write',
  run: async (context, { serial, change }) => {
    const { sql } = context;
    const row = await sql.get(
      `SELECT tokens.id, users.id AS user_id, users.name FROM tokens LEFT JOIN users ON users.id = tokens.user_id
       WHERE tokens.serial = ?`,
      serial,
    );
    if (!row) throw new OperatorError('not-found', `there is no token with the serial number "${serial}"`);
    if (row['user_id'] === null) throw new OperatorError('refused', `the token ${serial} is nobody's already`);
    const user = { id: text(row, 'user_id'), name: text(row, 'name') };
    const taken = await sql.run(
      `UPDATE tokens SET user_id = NULL, name = serial, pin = NULL, resync_next = NULL, resync_until = NULL,
         state = CASE WHEN state = 'pending' THEN 'active' ELSE state END WHERE id = ? AND user_id = ?`,
      text(row, 'id'),
      user.id,
    );
    if (taken === 0) throw new OperatorError('refused', `the token ${serial} was taken from "${user.name}" meanwhile`);
    await auditChange(context, change, user, serial);
    return user.name;
  },
};
