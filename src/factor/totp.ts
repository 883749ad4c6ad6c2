import type { TransactionContext } from '../store/store.ts';
import type { Answer, CheckResult, Factor } from './factor.ts';
import { matchingSteps, timeStep } from './oath.ts';
import { checkTokens } from './check-tokens.ts';
import { awaitResync, type OathToken } from './oath-token.ts';

/** Steps either way within which two consecutive codes take a token in again: RFC 6238 §6. */
export const totpResyncWindow = 20;
/** How long the second of them is awaited, in milliseconds. */
export const resyncPatience = 5 * 60_000;

/**
 * TOTP: RFC 6238. A step's code is accepted once (§5.2): only a step above the highest accepted one moves the mark, and only the one who
 * moves it is let in. The token's clock is followed as it drifts (§6), by one step at each success at most.
 */
export const totp: Factor = {
  method: 'totp',
  check: (context, answer) => checkTokens(context, answer, 'totp', checkTotp),
};

/** Holds a code against one token, whoever's it is. */
export async function checkTotp(
  context: TransactionContext,
  token: OathToken,
  code: string,
  { now, windows }: Pick<Answer, 'now' | 'windows'>,
): Promise<CheckResult> {
  const expected = timeStep(now, token.period) + token.drift;
  const steps = matchingSteps(token, code, expected, windows.totp);
  const fresh = steps.find((step) => step > token.lastStep);
  if (fresh !== undefined) return markStep(context, token, fresh, token.drift + Math.sign(fresh - expected), now);
  if (steps.length > 0) return { kind: 'used' };
  if (windows.resyncAtPrompt) return takeInAgain(context, token, code, now);
  return { kind: 'wrong' };
}

/** Only who raises the mark is let in. The token's first right code makes it active. */
export async function markStep(
  { sql }: TransactionContext,
  token: OathToken,
  step: number,
  drift: number,
  now: number,
): Promise<CheckResult> {
  const marked = await sql.run(
    `UPDATE tokens SET last_step = ?, drift = ?, last_used_at = ?, resync_next = NULL, resync_until = NULL,
       state = CASE WHEN state = 'pending' THEN 'active' ELSE state END WHERE id = ? AND last_step < ?`,
    step,
    drift,
    now,
    token.id,
    step,
  );
  return { kind: marked === 1 ? 'right' : 'used' };
}

/** A code from further off counts once the next one follows it: neither may have been accepted before. */
async function takeInAgain(
  context: TransactionContext,
  token: OathToken,
  code: string,
  now: number,
): Promise<CheckResult> {
  const current = timeStep(now, token.period);
  const steps = matchingSteps(token, code, current, totpResyncWindow).filter((step) => step > token.lastStep);
  const { resync } = token;
  const second = resync && resync.until > now ? steps.find((step) => step === resync.next) : undefined;
  if (second !== undefined) return markStep(context, token, second, second - current, now);
  if (steps[0] !== undefined) await awaitResync(context.sql, token.id, steps[0] + 1, now + resyncPatience);
  return { kind: 'wrong' };
}
