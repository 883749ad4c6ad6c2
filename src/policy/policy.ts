import ipaddr from 'ipaddr.js';
import type { Way } from './choice.ts';
import { deviceAttributes, type DeviceAttribute } from './device-attribute.ts';
import type { FoldedGroup, UserGroups } from './fold-group.ts';
import { localTime } from './local-time.ts';
import { suffixOf, type NameRealms } from './name-realms.ts';
import type { FoldedName } from './user-name.ts';

export const protocols = ['pap', 'chap', 'ms-chap', 'eap', 'none'] as const;
export type Protocol = (typeof protocols)[number];

/** An attribute of the request with the value that it must have, as it is on the wire. */
export interface AttributeValue {
  /** 0 is the space of RFC 2865 itself. */
  readonly vendor: number;
  readonly type: number;
  readonly value: Buffer;
}

/** Which attribute; vendor 0 is the space of RFC 2865 itself. */
export type AttributeKey = Pick<AttributeValue, 'vendor' | 'type'>;

/** An attribute whose value holds one that the directory has of the user: as readTemplate reads it. */
export interface DirectoryValue extends AttributeKey {
  readonly attribute: string;
  readonly around:
    { readonly before: Buffer; readonly behind: Buffer } | { readonly name: string; readonly before: string };
}

export type Given = AttributeValue | DirectoryValue;

/** What a rule makes of the attributes in an Access-Accept. */
export interface Returns {
  /** In place of all values that the primary granted. */
  readonly replaced: readonly Given[];
  /** The same for members of groups; of one attribute the first group counts, and goes before `replaced`. */
  readonly byGroup: readonly { readonly group: FoldedGroup; readonly given: Given }[];
  /** Beside those. */
  readonly added: readonly Given[];
  readonly removed: readonly AttributeKey[];
}

/** When a rule holds. What is undefined is not looked at; of a list one is enough. */
export interface Conditions {
  readonly client: readonly string[] | undefined;
  readonly primary: readonly string[] | undefined;
  readonly user: readonly FoldedName[] | undefined;
  readonly notUser: readonly FoldedName[] | undefined;
  readonly group: readonly FoldedGroup[] | undefined;
  readonly notGroup: readonly FoldedGroup[] | undefined;
  /** Addresses and CIDRs, of the user's device. */
  readonly network: readonly string[] | undefined;
  readonly notNetwork: readonly string[] | undefined;
  readonly protocol: readonly Protocol[] | undefined;
  /** Each must be in the request. */
  readonly attribute: readonly AttributeValue[] | undefined;
  /** As of Identity. */
  readonly enrolled: boolean | undefined;
  /** From 0 (Sunday) to 6. */
  readonly days: readonly number[] | undefined;
  /** Minutes of the day, the end not included; one that ends before it begins goes over midnight. */
  readonly hours: readonly { readonly from: number; readonly to: number }[] | undefined;
  /** Days as 2027-01-15: from then on, and until then (not included). */
  readonly from: string | undefined;
  readonly until: string | undefined;
  /** How many of a hundred users. */
  readonly percent: number | undefined;
}

/** One `[[policy]]`. */
export interface Policy {
  readonly name: string;
  /** IANA's name of it: what days and hours are meant in. */
  readonly timeZone: string;
  readonly conditions: Conditions;
  /** `code-only`: the code is all there is, and no primary is asked. */
  readonly decision: 'require' | 'allow' | 'deny' | 'code-only';
  /** What may be asked, the first before the others; undefined for all there is. */
  readonly ways: readonly Way[] | undefined;
  /** What becomes of who has no method: until that day he passes; or he is refused, and with "link" is sent one to register. */
  readonly unenrolled: 'deny' | 'allow' | 'link';
  readonly unenrolledUntil: string | undefined;
  /** Whether a user passes to whom no code and no link can be sent, because nothing that sends works. */
  readonly opensOnOutage: boolean;
  /** What the user is told: on an Accept without a factor, or in place of the usual refusal. */
  readonly text: string | undefined;
  readonly returns: Returns;
}

/** What the rules look at. */
export interface PolicyFacts {
  readonly client: string;
  /** Who has checked the credential, or will. */
  readonly primary: string;
  /** By which the user is known: to radgate, else to the primary. */
  readonly names: readonly FoldedName[];
  /** By which they are told apart at the client; undefined where there are none. */
  readonly realms: NameRealms | undefined;
  /** The suffix of the one that the login is in; undefined for none. */
  readonly realm: string | undefined;
  /** Undefined while they are not known: then a rule that opens does not hold, and another does. */
  readonly groups: UserGroups | undefined;
  /** The same of whether the user has a second factor. */
  readonly enrolled: boolean | undefined;
  /** The address of the user's device, if the client tells one. */
  readonly address: string | undefined;
  /** Whether that can open anything. */
  readonly trustsAddress: boolean;
  readonly protocol: Protocol;
  readonly attributes: readonly AttributeValue[];
  /** Whether nobody but the client has authenticated the user: then nothing opens. */
  readonly vouched: boolean;
  /** From 0 to below 100, the same for a user at all times. */
  readonly share: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** One condition of a rule, as it was found. */
export interface Finding {
  /** The key of radius.conf. */
  readonly condition: string;
  readonly holds: boolean;
}

export interface Judged {
  readonly policy: Policy;
  readonly findings: readonly Finding[];
  readonly matches: boolean;
}

/** The first rule that holds; undefined if none does. */
export function firstMatch(policies: readonly Policy[], facts: PolicyFacts): Policy | undefined {
  return policies.find((policy) => judge(policy, facts).matches);
}

/** The first rule that refuses and may hold, unless one before it holds for certain: in no order does what is uncertain hide a refusal. */
export function firstRefusal(policies: readonly Policy[], facts: PolicyFacts): Policy | undefined {
  for (const policy of policies) {
    if (policy.decision === 'deny' && judge(policy, facts).matches) return policy;
    if (judge(policy, facts, true).matches) return undefined;
  }
  return undefined;
}

/** Whether a rule lets anyone in without a factor now, or without a password. */
export function opens({ decision, unenrolled, unenrolledUntil, timeZone }: Policy, now: number): boolean {
  if (decision === 'allow' || decision === 'code-only') return true;
  const isPast = unenrolledUntil !== undefined && localTime(now, timeZone).day >= unenrolledUntil;
  return decision === 'require' && unenrolled === 'allow' && !isPast;
}

/**
 * Whether a rule holds, condition by condition. Where a name, a group, a method, or being outside a network is not known or not certain, a rule that opens
 * does not hold and one that does not open does: no spelling of a name is a way around a factor. Being in a network, and an attribute, a rule that opens
 * takes from who is trusted to tell; one that does not open takes them as the request has them, and does not hold where it has none: or it would hold for
 * everyone at a client that tells no address.
 * @param isOpening whether it is to be certain
 */
export function judge(policy: Policy, facts: PolicyFacts, isOpening = opens(policy, facts.now)): Judged {
  const { conditions, timeZone } = policy;
  const local = localTime(facts.now, timeZone);
  const findings: Finding[] = [];
  const look = <T>(condition: string, wanted: T | undefined, holds: (wanted: T) => boolean): void => {
    if (wanted !== undefined) findings.push({ condition, holds: holds(wanted) });
  };
  const isUser =
    (lax: boolean) =>
    (wanted: readonly FoldedName[]): boolean =>
      wanted.some((one) => facts.names.some((name) => isSameName(one, name, lax, facts)));
  const isMember = (wanted: readonly FoldedGroup[], groups: UserGroups): boolean =>
    wanted.some((one) => groups.has(one));
  if (isOpening && facts.vouched) findings.push({ condition: 'passwordless', holds: false });
  look('client', conditions.client, (wanted) => wanted.includes(facts.client));
  look('primary', conditions.primary, (wanted) => wanted.includes(facts.primary));
  look('user', conditions.user, isUser(!isOpening));
  look('not_user', conditions.notUser, (wanted) => !isUser(isOpening)(wanted));
  look('group', conditions.group, (wanted) => (facts.groups ? isMember(wanted, facts.groups) : !isOpening));
  look('not_group', conditions.notGroup, (wanted) => (facts.groups ? !isMember(wanted, facts.groups) : !isOpening));
  look('network', conditions.network, (wanted) => {
    if (isOpening && !facts.trustsAddress) return false;
    return facts.address !== undefined && isInside(facts.address, wanted);
  });
  look('not_network', conditions.notNetwork, (wanted) => {
    if (facts.address === undefined || !facts.trustsAddress) return !isOpening;
    return !isInside(facts.address, wanted);
  });
  look('protocol', conditions.protocol, (wanted) => wanted.includes(facts.protocol));
  look('attribute', conditions.attribute, (wanted) => {
    if (isOpening && !facts.trustsAddress && wanted.some(isOrigin)) return false;
    return wanted.every((one) => hasAttribute(facts.attributes, one));
  });
  look('enrolled', conditions.enrolled, (wanted) =>
    facts.enrolled === undefined ? !isOpening : facts.enrolled === wanted,
  );
  look('days', conditions.days, (wanted) => wanted.includes(local.weekday));
  look('hours', conditions.hours, (wanted) => wanted.some((span) => isWithin(local.minute, span)));
  look('from', conditions.from, (wanted) => local.day >= wanted);
  look('until', conditions.until, (wanted) => local.day < wanted);
  look('percent', conditions.percent, (wanted) => facts.share < wanted);
  return { policy, findings, matches: findings.every(({ holds }) => holds) };
}

/**
 * A name stands for all that are it without a domain and in its realm, for certain in a login in that realm alone; one without a domain, for users outside
 * of realms. `lax`: for what any directory could take for it, and one without a domain in all realms.
 */
function isSameName(wanted: FoldedName, name: FoldedName, lax: boolean, { realms, realm }: PolicyFacts): boolean {
  if (wanted.folded === name.folded) return true;
  const [meant, own] = [wanted, name].map(({ folded }) => suffixOf(realms, folded));
  if (!lax) return wanted.bare === name.bare && meant === own && meant === realm;
  return wanted.skeleton === name.skeleton && (wanted.folded === wanted.bare || meant === own || meant === realm);
}

function isInside(address: string, networks: readonly string[]): boolean {
  const own = ipaddr.parse(address);
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(
      network.includes('/') ? network : `${network}/${network.includes(':') ? 128 : 32}`,
    );
    return own.kind() === base.kind() && own.match(base, bits);
  });
}

function hasAttribute(attributes: readonly AttributeValue[], { vendor, type, value }: AttributeValue): boolean {
  return attributes.some((one) => one.vendor === vendor && one.type === type && one.value.equals(value));
}

/** NAS-IP-Address, NAS-IPv6-Address (RFC 3162 §2.1), Framed-IP-Address: addresses that a client may say as it likes, beside those of the user's device. */
const others: readonly DeviceAttribute[] = [4, 95, 8].map((type) => ({ vendor: 0, type }));
const origins: readonly DeviceAttribute[] = [...Object.values(deviceAttributes), ...others];

function isOrigin({ vendor, type }: AttributeValue): boolean {
  return origins.some((one) => one.vendor === vendor && one.type === type);
}

function isWithin(minute: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}
