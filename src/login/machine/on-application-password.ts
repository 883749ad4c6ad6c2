import type { Identity } from '../../policy/decide.ts';
import { firstMatch } from '../../policy/policy.ts';
import { foldUserName, type FoldedName } from '../../policy/user-name.ts';
import { outcomes, type Outcome } from '../outcome.ts';
import type { LoginFacts } from './login-facts.ts';
import { policyFacts } from './matching-rule.ts';
import type { State, Step } from './state.ts';
import { recorded, refusal } from './verdicts.ts';

export function useAppPassword(facts: LoginFacts, userName: Buffer, password: Buffer): Step {
  const name = foldUserName(userName);
  if (!name) return recorded(refusal('app-password-wrong'));
  // What only the primary or the store could tell is taken for the worst.
  const policy = firstMatch(facts.policies, policyFacts(facts, [name], undefined, undefined, name.bare));
  if (policy?.decision === 'deny') return recorded(refusal('denied-by-policy-early'), null, null, policy.name);
  if (!facts.policies.some(({ decision }) => decision === 'deny')) return appPasswordOf(name, password);
  return {
    state: { at: 'app-owner', name, password },
    effect: { kind: 'identify', names: { proven: [], asked: name } },
  };
}

/** By any of the user's names a rule may refuse, whichever was typed. */
export function onAppOwner(
  facts: LoginFacts,
  { name, password }: Extract<State, { at: 'app-owner' }>,
  identity: Identity,
): Step {
  if (identity.kind !== 'known') return appPasswordOf(name, password);
  const own = [name, ...identity.names.map(foldUserName).filter((one) => one !== undefined)];
  const policy = firstMatch(facts.policies, policyFacts(facts, own, undefined, undefined, identity.userId));
  if (policy?.decision !== 'deny') return appPasswordOf(name, password);
  return recorded(refusal('denied-by-policy-early'), identity.userId, null, policy.name);
}

function appPasswordOf(name: FoldedName, password: Buffer): Step {
  return { state: { at: 'app-password' }, effect: { kind: 'use-app-password', name, password } };
}

/** Its own transaction has told the audit. */
export function onAppPassword(outcome: Outcome): Step {
  if (outcomes[outcome].verdict === 'accept') return { verdict: { kind: 'accept', outcome, granted: [] } };
  return { verdict: refusal(outcome) };
}
