import { Type } from '../packet/constants.ts';
import { fillTemplate } from '../packet/directory-template.ts';
import type { Granted } from '../packet/granted.ts';
import { vendorAttributes, vendorSpecific } from '../packet/vendor-specific.ts';
import type { FoldedGroup, UserGroups } from '../policy/fold-group.ts';
import type { AttributeKey, AttributeValue, Given, Returns } from '../policy/policy.ts';

/** Values of one attribute of a directory that go into an Accept, at most: a reply is 4096 octets. */
export const mostValues = 16;

/** What is known of the user that a rule may give back. */
export interface Returnee {
  readonly groups: UserGroups;
  /** Of the directory, by their names in lower case. */
  readonly attributes: ReadonlyMap<string, readonly Buffer[]>;
}

/** What the primary granted, as a rule has it: what is replaced or removed goes with all its values and tags. */
export function returned(
  granted: readonly Granted[],
  { replaced, byGroup, added, removed }: Returns,
  user: Returnee,
): readonly Granted[] {
  const own = ofGroups(byGroup, user.groups);
  const usual = replaced.filter((one) => !own.some((each) => isSame(one, each)));
  const gone = [...own, ...usual, ...removed];
  const kept = gone.length === 0 ? granted : granted.flatMap((one) => without(one, gone));
  return [...kept, ...[...usual, ...own, ...added].flatMap((one) => valuesOf(one, user)).map(grantedOf)];
}

/** Of each attribute those of the first group that the user is in. */
function ofGroups(byGroup: Returns['byGroup'], groups: UserGroups): Given[] {
  const mine = byGroup.filter(({ group }) => groups.has(group));
  const first = (given: Given): FoldedGroup | undefined => mine.find((one) => isSame(one.given, given))?.group;
  return mine.filter(({ group, given }) => first(given) === group).map(({ given }) => given);
}

/** What the directory does not have, or what does not fit, is not sent. */
function valuesOf(given: Given, { attributes }: Returnee): AttributeValue[] {
  if ('value' in given) return [given];
  return (attributes.get(given.attribute) ?? [])
    .slice(0, mostValues)
    .map((octets) => fillTemplate(given, octets))
    .filter((one) => one !== undefined);
}

/** One Vendor-Specific may hold several of a vendor (RFC 2865 §5.26): the others stay. */
function without(attribute: Granted, gone: readonly AttributeKey[]): readonly Granted[] {
  if (attribute.kind !== 'plain') return [attribute];
  if (attribute.type !== Type.vendorSpecific) return isIn(gone, { vendor: 0, type: attribute.type }) ? [] : [attribute];
  const inside = vendorAttributes(attribute.value) ?? [];
  const left = inside.filter((one) => !isIn(gone, one));
  if (left.length === inside.length) return [attribute];
  return left.map((one) => ({ kind: 'plain', ...vendorSpecific(one) }));
}

function isIn(keys: readonly AttributeKey[], one: AttributeKey): boolean {
  return keys.some((key) => isSame(key, one));
}

function isSame(a: AttributeKey, b: AttributeKey): boolean {
  return a.vendor === b.vendor && a.type === b.type;
}

function grantedOf(one: AttributeValue): Granted {
  return one.vendor === 0
    ? { kind: 'plain', type: one.type, value: one.value }
    : { kind: 'plain', ...vendorSpecific(one) };
}
