import type { Conditions, Policy } from '../../src/policy/policy.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';

const always: Conditions = {
  client: undefined,
  primary: undefined,
  user: undefined,
  notUser: undefined,
  group: undefined,
  notGroup: undefined,
  network: undefined,
  notNetwork: undefined,
  protocol: undefined,
  attribute: undefined,
  enrolled: undefined,
  days: undefined,
  hours: undefined,
  from: undefined,
  until: undefined,
  percent: undefined,
};

/** A rule that holds always, and is called what it does. */
export function aPolicy(decision: Policy['decision']): Policy {
  const rest = {
    ways: undefined,
    unenrolled: 'deny',
    unenrolledUntil: undefined,
    opensOnOutage: false,
    text: undefined,
  } as const;
  const returns = { replaced: [], byGroup: [], added: [], removed: [] };
  return { name: decision, timeZone: 'UTC', conditions: always, decision, ...rest, returns };
}

export function withConditions(policy: Policy, own: Partial<Conditions>): Policy {
  return { ...policy, conditions: { ...policy.conditions, ...own } };
}

export function folded(...names: string[]): FoldedName[] {
  return names.map(foldUserName).filter((name) => name !== undefined);
}
