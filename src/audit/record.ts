import type { Transaction } from '../store/store.ts';
import { writeAudit, type AuditRow } from './audit.ts';

/** Tells the audit what a login came to that no other transaction tells of. */
export const record: Transaction<AuditRow, null> = {
  name: 'record',
  access: 'write',
  run: async (context, row) => {
    await writeAudit(context, row);
    return null;
  },
};
