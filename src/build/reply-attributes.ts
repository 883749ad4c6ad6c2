import type { Config } from '../config/schema.ts';
import type { Given } from '../policy/policy.ts';
import { policiesOf } from './policies.ts';

/** The attributes of a directory that rules give back, in lower case and in order: what an LDAP primary reads beside what it needs itself. */
export function replyAttributes(config: Pick<Config, 'policy'>): string[] {
  const given: Given[] = policiesOf(config).flatMap(({ returns: { replaced, byGroup, added } }) => [
    ...replaced,
    ...byGroup.map((one) => one.given),
    ...added,
  ]);
  return [...new Set(given.flatMap((one) => ('attribute' in one ? [one.attribute] : [])))].sort();
}
