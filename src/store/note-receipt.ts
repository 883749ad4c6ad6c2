import type { Transaction } from './store.ts';

export interface Receipt {
  readonly provider: string;
  /** The provider's own name for the message, as it may have been spelled when it took it: likeliest first. */
  readonly providerIds: readonly string[];
  /** The provider's word, such as "DELIVRD". */
  readonly status: string;
}

/** Notes what a provider says later of a message that it took. @returns whether it is one that is known */
export const noteReceipt: Transaction<Receipt, boolean> = {
  name: 'note-receipt',
  access: 'write',
  run: async ({ sql }, { provider, providerIds, status }) => {
    for (const id of providerIds) {
      const noted = 'UPDATE outbox SET receipt = ? WHERE provider_id = ? AND provider = ?';
      if ((await sql.run(noted, status, id, provider)) > 0) return true;
    }
    return false;
  },
};
