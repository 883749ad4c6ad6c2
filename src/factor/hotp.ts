import type { TransactionContext } from '../store/store.ts';
import { checkTokens } from './check-tokens.ts';
import type { Answer, CheckResult, Factor } from './factor.ts';
import { matchingCounter } from './oath.ts';
import { awaitResync, type OathToken } from './oath-token.ts';
import { resyncPatience } from './totp.ts';

/** Counters ahead within which two consecutive codes take a token in again: RFC 4226 §7.4. */
export const hotpResyncWindow = 100;
/** Counters back among which a code is known to have been used, to say so. */
const lookBehind = 5;

/** HOTP: RFC 4226. The counter is moved past an accepted code by a compare-and-set, so that neither it nor one before it is accepted again. */
export const hotp: Factor = {
  method: 'hotp',
  check: (context, answer) => checkTokens(context, answer, 'hotp', checkHotp),
};

/** Holds a code against one token, whoever's it is. */
export async function checkHotp(
  context: TransactionContext,
  token: OathToken,
  code: string,
  { now, windows }: Pick<Answer, 'now' | 'windows'>,
): Promise<CheckResult> {
  const ahead = matchingCounter(token, code, token.counter, windows.hotp + 1);
  if (ahead !== undefined) return moveCounter(context, token, ahead, now);
  if (windows.resyncAtPrompt) {
    const taken = await takeInAgain(context, token, code, now);
    if (taken.kind === 'right') return taken;
  }
  const from = Math.max(0, token.counter - lookBehind);
  const used = matchingCounter(token, code, from, token.counter - from) !== undefined;
  return { kind: used ? 'used' : 'wrong' };
}

/** Only who moves the counter past this one is let in. The token's first right code makes it active. */
export async function moveCounter(
  { sql }: TransactionContext,
  token: OathToken,
  counter: number,
  now: number,
): Promise<CheckResult> {
  const moved = await sql.run(
    `UPDATE tokens SET counter = ?, last_used_at = ?, resync_next = NULL, resync_until = NULL,
       state = CASE WHEN state = 'pending' THEN 'active' ELSE state END WHERE id = ? AND counter <= ?`,
    counter + 1,
    now,
    token.id,
    counter,
  );
  return { kind: moved === 1 ? 'right' : 'used' };
}

/** A code from further ahead counts once the next one follows it. */
async function takeInAgain(
  context: TransactionContext,
  token: OathToken,
  code: string,
  now: number,
): Promise<CheckResult> {
  const { resync } = token;
  if (resync && resync.until > now && resync.next >= token.counter) {
    const second = matchingCounter(token, code, resync.next, 1);
    if (second !== undefined) return moveCounter(context, token, second, now);
  }
  const first = matchingCounter(token, code, token.counter, hotpResyncWindow);
  if (first !== undefined) await awaitResync(context.sql, token.id, first + 1, now + resyncPatience);
  return { kind: 'wrong' };
}
