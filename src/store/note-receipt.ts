import type { Transaction } from './store.ts';

export interface Receipt {
  readonly provider: string;
  readonly providerId: string;
  /** The provider's word, such as "DELIVRD". */
  readonly status: string;
}

/** Notes what a provider says later of a message that it took. @returns whether it is one that is known */
export const noteReceipt: Transaction<Receipt, boolean> = {
  name: 'note-receipt',
  access: 'write',
  run: async ({ sql }, { provider, providerId, status }) =>
    (await sql.run(
      'UPDATE outbox SET receipt = ? WHERE provider_id = ? AND provider = ?',
      status,
      providerId,
      provider,
    )) > 0,
};
