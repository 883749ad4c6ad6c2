import type { Identity } from '../../policy/decide.ts';
import { foldUserName, type FoldedName } from '../../policy/user-name.ts';
import { outcomes, type Outcome } from '../outcome.ts';
import type { LoginFacts } from './login-facts.ts';
import { keepsAppPasswordsOut, userOf } from './matching-rule.ts';
import type { State, Step } from './state.ts';
import { recorded, refusal } from './verdicts.ts';

export function useAppPassword({ userName, policies }: LoginFacts, password: Buffer): Step {
  const name = foldUserName(userName ?? '');
  if (!name) return recorded(refusal('app-password-wrong'));
  if (!policies.some(({ decision }) => decision === 'deny')) return appPasswordOf(name, password);
  return {
    state: { at: 'app-owner', name, password },
    effect: { kind: 'identify', names: { proven: [], asked: name } },
  };
}

/** By any of the user's names a rule may refuse, whichever was typed. Who is not known has no application password. */
export function onAppOwner(
  facts: LoginFacts,
  { name, password }: Extract<State, { at: 'app-owner' }>,
  identity: Identity,
): Step {
  const policy = identity.kind === 'known' ? keepsAppPasswordsOut(facts, identity) : undefined;
  if (!policy) return appPasswordOf(name, password);
  return recorded(refusal('denied-by-policy-early'), userOf(identity), null, policy.name);
}

function appPasswordOf(name: FoldedName, password: Buffer): Step {
  return { state: { at: 'app-password' }, effect: { kind: 'use-app-password', name, password } };
}

/** Its own transaction has told the audit. */
export function onAppPassword(outcome: Outcome): Step {
  if (outcomes[outcome].verdict === 'accept') return { verdict: { kind: 'accept', outcome, granted: [] } };
  return { verdict: refusal(outcome) };
}
