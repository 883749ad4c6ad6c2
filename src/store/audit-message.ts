import { writeAudit } from '../audit/audit.ts';
import { readPerson } from '../audit/personal.ts';
import { integer, text, textOrNull } from './row.ts';
import type { Row } from './sql.ts';
import type { TransactionContext } from './store.ts';

/** The columns of the outbox that it takes. */
export const messageColumns = 'id, challenge_id, user_id, method, target, client, created_at';

/** How a challenge is named: after its login, or, for a code that a later login brings, with that at the end. */
const ofLogin = /^([0-9a-f]{16})-|^later:[0-9a-f]{64}-([0-9a-f]{16})$/;

/**
 * Tells the audit that a message has ended, inside the transaction that ends it. The reason is such as "message-sent: gateway, +41 ** ** ** 12".
 * @param row `messageColumns` of it
 * @param provider who took it; null for nobody
 * @param wall milliseconds since 1970 UTC
 */
export async function auditMessage(
  context: TransactionContext,
  row: Row,
  state: 'sent' | 'failed' | 'abandoned',
  provider: string | null,
  wall: number,
): Promise<void> {
  const userId = textOrNull(row, 'user_id');
  const user = await readPerson(context.sql, userId);
  const [, own, later] = ofLogin.exec(textOrNull(row, 'challenge_id') ?? '') ?? [];
  const target = text(row, 'target');
  await writeAudit(
    context,
    {
      at: wall,
      // What no login asked for, such as the code on the page of an enrolment link, stands by itself.
      loginId: own ?? later ?? text(row, 'id'),
      userId,
      userName: user ? text(user, 'name') : '-',
      client: text(row, 'client'),
      clientAddress: '-',
      callingStationId: null,
      primary: '-',
      method: text(row, 'method'),
      result: 'send',
      reason: `message-${state}: ${provider === null ? target : `${provider}, ${target}`}`,
      latency: Math.max(0, wall - integer(row, 'created_at')),
    },
    user,
  );
}
