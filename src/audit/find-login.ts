import { OperatorError } from '../errors.ts';
import type { Transaction } from '../store/store.ts';
import { numbered, type NumberedRow } from './list-rows.ts';

export interface FindLoginInput {
  readonly loginId: string;
  /** Milliseconds since 1970 UTC: rows before are not looked at, since no index leads to a login. */
  readonly since: number;
}

/** The first row of a login. @throws OperatorError 'not-found' if there is none */
export const findLogin: Transaction<FindLoginInput, NumberedRow> = {
  name: 'find-login',
  access: 'read',
  run: async ({ sql }, { loginId, since }) => {
    const row = await sql.get(
      "SELECT * FROM audit WHERE at >= ? AND login_id = ? AND result NOT IN ('change', 'send') ORDER BY at, id LIMIT 1",
      since,
      loginId,
    );
    if (row) return numbered(row);
    throw new OperatorError(
      'not-found',
      `the audit has no login "${loginId}" in these days (--days looks further back)`,
    );
  },
};
