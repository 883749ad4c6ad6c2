import type { TransactionContext } from '../store/store.ts';
import { writeAudit } from './audit.ts';
import type { Difference } from './difference.ts';

/** What an administrator does: part of the input of the transaction that does it. */
export interface Change {
  /** Random; the rows of one command share it. */
  readonly id: string;
  /** Such as "user reset". */
  readonly command: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Who runs it, as the system names that account; none for what the service does by itself. */
  readonly actor?: string;
}

/**
 * Tells the audit of an administrator's change, inside the transaction that makes it. The reason is the command's name, such as "user-reset".
 * @param user whom it concerns; null for nobody in particular
 * @param detail goes behind the reason; never a secret
 * @param difference what was before and is now
 */
export async function auditChange(
  context: TransactionContext,
  { id, command, at, actor }: Change,
  user: { readonly id: string; readonly name: string } | null,
  detail?: string,
  difference?: Difference,
): Promise<void> {
  const reason = command.replaceAll(' ', '-');
  await writeAudit(context, {
    at,
    loginId: id,
    userId: user?.id ?? null,
    userName: user?.name ?? '-',
    client: `radgate ${command}`,
    clientAddress: '-',
    callingStationId: null,
    primary: '-',
    method: null,
    result: 'change',
    reason: detail === undefined ? reason : `${reason}: ${detail}`,
    latency: 0,
    actor: actor ?? null,
    ...difference,
  });
}
