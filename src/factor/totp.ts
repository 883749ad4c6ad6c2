import { integer, octets, text } from '../store/row.ts';
import type { Row } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';
import { tokenOwner } from '../store/tokens.ts';
import type { Answer, CheckResult, Factor } from './factor.ts';
import { algorithms, matchingSteps, timeStep } from './oath.ts';

/**
 * TOTP: RFC 6238. A step's code is accepted once (§5.2): only a step above the highest accepted one moves the mark, and only the one who
 * moves it is let in. A pending token becomes active by its first right code.
 */
export const totp: Factor = {
  method: 'totp',
  check: async (context, answer) => {
    const code = typedCode(answer.octets);
    if (code === undefined) return { kind: 'wrong' };
    let result: CheckResult = { kind: 'wrong' };
    const tokens = await context.sql.all(
      `SELECT id, secret, algorithm, digits, period, last_step FROM tokens
       WHERE user_id = ? AND type = 'totp' AND state IN ('active', 'pending') ORDER BY id`,
      answer.userId,
    );
    for (const token of tokens) {
      const found = await checkToken(context, token, code, answer);
      if (found.kind === 'right') return found;
      if (found.kind === 'used') result = found;
    }
    return result;
  },
};

async function checkToken(
  { sql, seal }: TransactionContext,
  token: Row,
  code: string,
  { now, totpWindow }: Answer,
): Promise<CheckResult> {
  const id = text(token, 'id');
  const algorithm = algorithms.find((known) => known === token['algorithm']);
  if (!algorithm) throw new Error(`token ${id} has an unknown algorithm`);
  const key = seal.open(octets(token, 'secret'), tokenOwner(id));
  const step = timeStep(now, integer(token, 'period'));
  const steps = matchingSteps({ key, algorithm, digits: integer(token, 'digits') }, code, step, totpWindow);
  const fresh = steps.find((candidate) => candidate > integer(token, 'last_step'));
  if (fresh === undefined) return { kind: steps.length > 0 ? 'used' : 'wrong' };
  const marked = await sql.run(
    "UPDATE tokens SET last_step = ?, last_used_at = ?, state = 'active' WHERE id = ? AND last_step < ?",
    fresh,
    now,
    id,
    fresh,
  );
  return { kind: marked === 1 ? 'right' : 'used' };
}

/** The digits that were typed, without blanks: apps show "123 456". Undefined if it isn't 6 to 8 digits. */
function typedCode(typed: Buffer): string | undefined {
  const code = typed.toString('latin1').replaceAll(' ', '');
  return /^[0-9]{6,8}$/.test(code) ? code : undefined;
}
