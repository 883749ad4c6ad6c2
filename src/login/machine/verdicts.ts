import { Type } from '../../packet/constants.ts';
import { lengthOnHop, type Granted } from '../../packet/granted.ts';
import { textAttributes } from '../../packet/text.ts';
import { exampleOf } from '../../policy/append.ts';
import type { Method } from '../../policy/decide.ts';
import type { Policy } from '../../policy/policy.ts';
import { outcomes, type Outcome } from '../outcome.ts';
import type { Verdict } from '../verdict.ts';
import { handleSize, type AtFactor, type AtPrimary } from '../waiting.ts';
import type { LoginFacts } from './login-facts.ts';
import type { Step } from './state.ts';

const stateLength = 2 + handleSize;

/** Refusals that a rule may have its own words for. */
export const ownText = new Set<Outcome>(['denied-by-policy', 'not-enrolled', 'method-missing']);

export function ask(
  outcome: Outcome,
  text: string | null,
  login: AtFactor | AtPrimary,
  relayed: readonly Granted[] = [],
): Step {
  const waiting = login.stage === 'factor' ? closedToOutage(login) : login;
  return { state: { at: 'put', outcome, text, relayed }, effect: { kind: 'put', login: waiting } };
}

/** A verdict leaves once the audit has its row. */
export function recorded(
  verdict: Verdict,
  userId: string | null = null,
  method: Method | 'acl' | null = null,
  rule?: string,
): Step {
  const effect = { kind: 'record', verdict, userId, method, ...(rule === undefined ? {} : { rule }) } as const;
  return { state: { at: 'record', verdict }, effect };
}

/** @param text in place of the usual one */
export function refusal(outcome: Outcome, text: string | null = outcomes[outcome].user): Verdict {
  return { kind: 'reject', outcome, relayed: [], text };
}

export function silence(outcome: Outcome): Step {
  return { verdict: { kind: 'silence', outcome } };
}

/** What a rule says to whom it lets in without a factor. */
export function told(policy: Policy | undefined): Granted[] {
  return textAttributes(Type.replyMessage, policy?.text ?? '').map((each) => ({ kind: 'plain', ...each }));
}

/** To who typed a password alone, at a client that can't ask for more. */
export function codeMissing({ append }: LoginFacts): Verdict {
  if (!append) return refusal('code-needs-challenge');
  const text = `Log in again with your password and your code together: ${exampleOf(append)}`;
  return { kind: 'reject', outcome: 'code-missing', relayed: [], text };
}

/** To who asked for a code, at a client that can't ask for it: it is typed in the next login. */
export function codeApart({ append }: LoginFacts, target: string): Verdict {
  const how = append ? `: ${exampleOf(append)}` : '';
  const text = `A code is on its way to ${target}. Log in again with your password and the code together${how}`;
  return { kind: 'reject', outcome: 'code-sent-apart', relayed: [], text };
}

/** Reply-Messages are left out where they don't fit. */
export function fitsAccept({ room }: LoginFacts, granted: readonly Granted[]): boolean {
  return lengthOnHop(granted.filter((each) => each.kind !== 'plain' || each.type !== Type.replyMessage)) <= room;
}

/** Beside State; a question of ours fits every request that is taken up. */
export function fitsChallenge({ room }: LoginFacts, relayed: readonly Granted[]): boolean {
  return lengthOnHop(relayed) + stateLength <= room;
}

/** What an outage opens it opens as a login begins: never after the user or radgate stood against it, nor later on, when nobody has looked who he is by then. */
export function closedToOutage({ opensOnOutage: _opens, ...login }: AtFactor): AtFactor {
  return login;
}
