import type { Way } from './choice.ts';
import { decide, type Decision, type FactorRule, type Identity, type Method } from './decide.ts';
import { opens, type Policy } from './policy.ts';

/** What the rule that holds makes of a user; where none holds, what the client's own `factor` does. @param now milliseconds since 1970 UTC */
export function decideBy(policy: Policy | undefined, factor: FactorRule, identity: Identity, now: number): Decision {
  if (!policy) return decide(factor, identity);
  switch (policy.decision) {
    case 'deny': {
      const decision = decide('required', identity);
      const isSure = decision.kind === 'deny' && decision.reason.startsWith('name-');
      return isSure ? decision : { kind: 'deny', reason: 'denied-by-policy' };
    }
    case 'allow': {
      const decision = decide('none', identity);
      return decision.kind === 'skip' ? { kind: 'skip', reason: 'allowed-by-policy' } : decision;
    }
    // Somebody brought a credential that is not a code alone: he needs both.
    case 'code-only':
      return decide('required', identity);
    case 'require': {
      const decision = decide(opens(policy, now) ? 'if-enrolled' : 'required', identity);
      if (decision.kind === 'skip') return { kind: 'skip', reason: 'not-enrolled-by-policy' };
      if (decision.kind !== 'require' || !policy.ways) return decision;
      const { ways } = policy;
      const own = decision.methods.filter((method) => ways.some((way) => isOf(method, way)));
      if (own.length === 0) return { kind: 'deny', reason: 'method-missing' };
      // A recovery code is for who has lost the method that is asked for.
      return { ...decision, methods: decision.methods.filter((one) => one === 'recovery' || own.includes(one)) };
    }
  }
}

/** Codes of an app and of a token are one way. */
function isOf(method: Method, way: Way): boolean {
  return way === 'app' ? method === 'totp' || method === 'hotp' : method === way;
}
