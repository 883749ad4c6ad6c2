import { OperatorError } from '../errors.ts';
import { among } from './among.ts';
import { batchSize } from './batches.ts';
import { refusalOf, takenBy, type Taken } from './new-token-name.ts';
import { text } from './row.ts';
import type { TransactionContext } from './store.ts';

/**
 * Users to whom a transaction gives tokens without holding them, where the database lets writers run side by side: so many that their logins would have to
 * wait for long. They are held only once all is written, until the commit, to see what else they were given meanwhile.
 */
export class UsersGivenTo {
  readonly #ids = new Set<string>();
  readonly #tokens = new Set<string>();

  /** @param tokenId one that the user had when it was looked at, or that the transaction gives */
  add(userId: string, tokenId: string): void {
    this.#ids.add(userId);
    this.#tokens.add(tokenId);
  }

  /** @throws OperatorError 'refused' if somebody gave one of them a token meanwhile that does not go with those of the transaction */
  async hold(context: TransactionContext): Promise<void> {
    const { sql } = context;
    // The statistics may know nothing of the rows that were just written: the table would be read whole each time.
    await sql.run('SET LOCAL enable_seqscan = off');
    // In the order of all that hold several, so that of two nobody waits for ever.
    const ids = [...this.#ids].toSorted();
    const others = new Set<string>();
    for (let from = 0; from < ids.length; from += batchSize) {
      const some = ids.slice(from, from + batchSize);
      await among(sql, 'SELECT id FROM users WHERE id', some, 'ORDER BY id FOR NO KEY UPDATE');
      for (const row of await among(sql, 'SELECT id, user_id FROM tokens WHERE user_id', some))
        if (!this.#tokens.has(text(row, 'id'))) others.add(text(row, 'user_id'));
    }
    for (const id of others) await refuseTwins(context, id);
  }
}

async function refuseTwins(context: TransactionContext, userId: string): Promise<void> {
  const user = await context.sql.get('SELECT name FROM users WHERE id = ?', userId);
  if (!user) throw new Error('a user who is held is gone');
  const before: Taken[] = [];
  for (const token of await takenBy(context, userId)) {
    const refusal = refusalOf(text(user, 'name'), before, { name: null, key: token.key });
    if (refusal) throw new OperatorError('refused', `somebody was faster: ${refusal[1]}`);
    before.push(token);
  }
}
