import type { Transaction } from '../store/store.ts';
import { auditChange, type Change } from './change.ts';

/** Tells the audit of what an administrator is about to do with the store as a whole: more than one transaction does it. */
export const recordChange: Transaction<{ readonly change: Change; readonly detail?: string }, null> = {
  name: 'record-change',
  access: 'write',
  run: async (context, { change, detail }) => {
    await auditChange(context, change, null, detail);
    return null;
  },
};
