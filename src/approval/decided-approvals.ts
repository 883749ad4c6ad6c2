import { among } from '../store/among.ts';
import { text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import { statusForWaiting, type Mode, type Status } from './approval.ts';

/** Those of some approvals that are open no more, as they are for who waits: the page may have been pressed at another node. */
export const decidedApprovals: Transaction<
  readonly string[],
  readonly { readonly id: string; readonly status: Status }[]
> = {
  name: 'decided-approvals',
  access: 'read',
  run: async ({ sql }, ids) => {
    const rows = await among(sql, 'SELECT id, status, mode FROM approvals WHERE id', ids);
    return rows
      .map((row) => ({
        id: text(row, 'id'),
        status: statusForWaiting(text(row, 'status') as Status, text(row, 'mode') as Mode),
      }))
      .filter(({ status }) => status !== 'open');
  },
};

/** Removes approvals that ended before then, with the addresses of their pages. @param before milliseconds since 1970 UTC */
export const purgeApprovals: Transaction<number, number> = {
  name: 'purge-approvals',
  access: 'write',
  run: ({ sql }, before) => sql.run('DELETE FROM approvals WHERE expires_at < ?', before),
};
