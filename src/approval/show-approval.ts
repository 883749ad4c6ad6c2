import type { Sql } from '../store/sql.ts';
import { integer, text, textOrNull } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { linkPurpose, type Mode, type Status } from './approval.ts';

/** What the page tells of a login. */
export interface ShownApproval {
  readonly application: string;
  readonly client: string;
  /** As the NAS says; null if it says nothing. */
  readonly device: string | null;
  readonly userName: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly mode: Mode;
  /** One of which is the one that the prompt shows. */
  readonly numbers: readonly number[] | null;
  readonly language: string;
  readonly status: Status;
}

export type ShowOutput =
  { readonly kind: 'gone' } | { readonly kind: 'open' | 'decided'; readonly approval: ShownApproval };

/** What stands behind the address of a page. It changes nothing: whatever looks at a link before its user does must decide nothing. */
export const showApproval: Transaction<{ readonly token: Buffer; readonly now: number }, ShowOutput> = {
  name: 'show-approval',
  access: 'read',
  run: async (context, { token, now }) => {
    const id = await approvalBehind(context, token);
    const row = id === undefined ? undefined : await rowOf(context.sql, id);
    if (!row) return { kind: 'gone' };
    const status = text(row, 'status') as Status;
    const expiresAt = integer(row, 'expires_at');
    if (status === 'closed' || (status === 'open' && expiresAt <= now)) return { kind: 'gone' };
    const numbers = textOrNull(row, 'numbers');
    return {
      kind: status === 'open' ? 'open' : 'decided',
      approval: {
        application: text(row, 'application'),
        client: text(row, 'client'),
        device: textOrNull(row, 'device'),
        userName: text(row, 'user_name'),
        createdAt: integer(row, 'created_at'),
        expiresAt,
        mode: text(row, 'mode') as Mode,
        numbers: numbers === null ? null : (JSON.parse(numbers) as number[]),
        language: text(row, 'language'),
        status,
      },
    };
  },
};

/** The approval that a page's secret leads to. */
export async function approvalBehind({ sql, seal }: TransactionContext, token: Buffer): Promise<string | undefined> {
  const row = await sql.get('SELECT approval_id FROM approval_links WHERE digest = ?', seal.digest(token, linkPurpose));
  return row && text(row, 'approval_id');
}

function rowOf(sql: Sql, id: string): ReturnType<Sql['get']> {
  return sql.get('SELECT * FROM approvals WHERE id = ?', id);
}
