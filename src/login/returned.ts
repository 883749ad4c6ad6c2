import { Type } from '../packet/constants.ts';
import type { Granted } from '../packet/granted.ts';
import { vendorAttributes, vendorSpecific } from '../packet/vendor-specific.ts';
import type { AttributeKey, AttributeValue, Returns } from '../policy/policy.ts';

/** What the primary granted, as a rule has it: what is replaced or removed goes with all its values and tags. */
export function returned(granted: readonly Granted[], { replaced, added, removed }: Returns): readonly Granted[] {
  const gone = [...replaced, ...removed];
  const kept = gone.length === 0 ? granted : granted.flatMap((one) => without(one, gone));
  return [...kept, ...[...replaced, ...added].map(grantedOf)];
}

/** One Vendor-Specific may hold several of a vendor (RFC 2865 §5.26): the others stay. */
function without(attribute: Granted, gone: readonly AttributeKey[]): readonly Granted[] {
  if (attribute.kind !== 'plain') return [attribute];
  if (attribute.type !== Type.vendorSpecific) return isIn(gone, 0, attribute.type) ? [] : [attribute];
  const inside = vendorAttributes(attribute.value) ?? [];
  const left = inside.filter(({ vendor, type }) => !isIn(gone, vendor, type));
  if (left.length === inside.length) return [attribute];
  return left.map((one) => ({ kind: 'plain', ...vendorSpecific(one) }));
}

function isIn(keys: readonly AttributeKey[], vendor: number, type: number): boolean {
  return keys.some((key) => key.vendor === vendor && key.type === type);
}

function grantedOf(one: AttributeValue): Granted {
  return one.vendor === 0
    ? { kind: 'plain', type: one.type, value: one.value }
    : { kind: 'plain', ...vendorSpecific(one) };
}
