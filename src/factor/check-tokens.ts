import type { TransactionContext } from '../store/store.ts';
import type { Answer, CheckResult } from './factor.ts';
import { usableTokens, type OathToken } from './oath-token.ts';
import { typedCode } from './typed-code.ts';

/** Holds what was typed against each of the user's tokens of one type until it is right for one: one attempt, however many tokens. */
export async function checkTokens(
  context: TransactionContext,
  answer: Answer,
  type: 'totp' | 'hotp',
  check: (context: TransactionContext, token: OathToken, code: string, answer: Answer) => Promise<CheckResult>,
): Promise<CheckResult> {
  let result: CheckResult = { kind: 'wrong' };
  for (const token of await usableTokens(context, answer.userId, type, answer.now)) {
    const code = typedCode(answer.octets, token, context.seal);
    if (code === undefined) continue;
    const checked = await check(context, token, code, answer);
    if (checked.kind === 'right') return { kind: 'right', token: token.label };
    if (checked.kind === 'used') result = checked;
  }
  return result;
}
