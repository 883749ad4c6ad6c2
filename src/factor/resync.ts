import { auditChange, type Change } from '../audit/change.ts';
import { text, textOrNull } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { hotpResyncWindow, moveCounter } from './hotp.ts';
import { matchingCounter, matchingSteps, timeStep } from './oath.ts';
import { tokenById } from './oath-token.ts';
import { markStep, totpResyncWindow } from './totp.ts';

export interface ResyncInput {
  readonly tokenId: string;
  readonly type: 'totp' | 'hotp';
  /** Two consecutive codes, without PIN. */
  readonly first: string;
  readonly second: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** For the audit, if an administrator asks for it. */
  readonly change?: Change;
}

export interface Resynced {
  readonly found: boolean;
  /** TOTP: by how many steps the token is ahead. */
  readonly drift: number;
}

/**
 * Takes a token in again by two consecutive codes: RFC 4226 §7.4, RFC 6238 §6. Twenty steps either way for TOTP, a hundred ahead for HOTP; codes that
 * were accepted before don't count.
 */
export const resyncToken: Transaction<ResyncInput, Resynced> = {
  name: 'resync-token',
  access: 'write',
  run: async (context, input) => {
    const result = await resync(context, input);
    if (result.found && input.change) await tell(context, input.tokenId, input.change);
    return result;
  },
};

async function resync(
  context: TransactionContext,
  { tokenId, type, first, second, now }: ResyncInput,
): Promise<Resynced> {
  const token = await tokenById(context, tokenId);
  if (!token) return { found: false, drift: 0 };
  if (type === 'hotp') {
    for (let from = token.counter; from < token.counter + hotpResyncWindow; from++) {
      const counter = matchingCounter(token, first, from, token.counter + hotpResyncWindow - from);
      if (counter === undefined) break;
      if (matchingCounter(token, second, counter + 1, 1) === undefined) {
        from = counter;
        continue;
      }
      const moved = await moveCounter(context, token, counter + 1, now);
      return { found: moved.kind === 'right', drift: 0 };
    }
    return { found: false, drift: 0 };
  }
  const current = timeStep(now, token.period);
  // The second is the one that is shown now: how far it is off is how far the token is.
  const step = matchingSteps(token, second, current, totpResyncWindow).find(
    (candidate) => candidate - 1 > token.lastStep && matchingSteps(token, first, candidate - 1, 0).length > 0,
  );
  if (step === undefined) return { found: false, drift: 0 };
  const drift = step - current;
  const marked = await markStep(context, token, step, drift, now);
  return { found: marked.kind === 'right', drift };
}

async function tell(context: TransactionContext, tokenId: string, change: Change): Promise<void> {
  const row = await context.sql.get(
    `SELECT tokens.name AS token, tokens.serial, users.id, users.name FROM tokens
     LEFT JOIN users ON users.id = tokens.user_id WHERE tokens.id = ?`,
    tokenId,
  );
  if (!row) return;
  const user = row['id'] === null ? null : { id: text(row, 'id'), name: text(row, 'name') };
  await auditChange(context, change, user, textOrNull(row, 'serial') ?? text(row, 'token'));
}
