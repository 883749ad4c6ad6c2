import type { Explained } from '../../login/explain.ts';
import { reasonOf } from '../../login/reasons.ts';
import { describeAttribute } from '../../packet/describe-attribute.ts';
import type { Policy } from '../../policy/policy.ts';
import { isoTime } from '../terminal/format-time.ts';
import type { Asked } from './asked.ts';
import { plainAttributes } from './plain-attributes.ts';

/** A contract with scripts: see docs/command-line.md. */
export function explainJson(
  { user, client, protocol, at }: Asked,
  primary: string,
  { realm, identity, groups, judged, result, outcome, ways, target, text, granted, appPasswords }: Explained,
  rule: Policy | undefined,
  notes: readonly string[],
): object {
  return {
    user,
    client,
    protocol,
    time: isoTime(at),
    primary,
    realm,
    identity: identity?.kind ?? null,
    user_id: identity?.kind === 'known' ? identity.userId : null,
    methods: identity?.kind === 'known' ? identity.methods : [],
    enrolled: identity?.kind === 'known' && identity.enrolled,
    groups,
    notes,
    rules: judged.map(({ policy, findings, matches }) => ({
      rule: policy.name,
      decision: policy.decision,
      matches,
      conditions: findings,
    })),
    rule: rule?.name ?? null,
    result,
    reason: outcome ?? null,
    meaning: outcome === undefined ? null : (reasonOf(outcome)?.meaning ?? null),
    ways,
    sent_to: target,
    text,
    reply: plainAttributes(granted)
      .flatMap(describeAttribute)
      .map(({ name, value }) => ({ name, value })),
    application_passwords: appPasswords && { kept_out_by: appPasswords.keptOutBy?.name ?? null },
  };
}
