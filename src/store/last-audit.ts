import type { Transaction } from './store.ts';

/** The number of the audit's last row, 0 if it has none: whatever counts writes one, so that a store whose number stays the same was left alone. */
export const lastAudit: Transaction<null, number> = {
  name: 'last-audit',
  access: 'read',
  run: async ({ sql }) => Number((await sql.get('SELECT max(id) AS last FROM audit'))?.['last'] ?? 0),
};
