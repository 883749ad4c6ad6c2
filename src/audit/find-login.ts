import { OperatorError } from '../errors.ts';
import type { Transaction } from '../store/store.ts';
import { numbered, type NumberedRow } from './list-rows.ts';

/** The first row of a login. It looks through the whole audit. @throws OperatorError 'not-found' if there is none */
export const findLogin: Transaction<string, NumberedRow> = {
  name: 'find-login',
  access: 'read',
  run: async ({ sql }, loginId) => {
    const row = await sql.get(
      "SELECT * FROM audit WHERE login_id = ? AND result <> 'change' ORDER BY at, id LIMIT 1",
      loginId,
    );
    if (row) return numbered(row);
    throw new OperatorError('not-found', `the audit has no login "${loginId}"`);
  },
};
