import type { Identity } from '../../policy/decide.ts';
import { userGroups, type UserGroups } from '../../policy/fold-group.ts';
import { checkerOf, suffixOf } from '../../policy/name-realms.ts';
import { firstMatch, firstRefusal, judge, type Judged, type Policy, type PolicyFacts } from '../../policy/policy.ts';
import { shareOf } from '../../policy/share.ts';
import { foldUserName, type FoldedName } from '../../policy/user-name.ts';
import type { LoginFacts } from './login-facts.ts';
import type { State } from './state.ts';
import { reached } from './ways.ts';

/** The rule that asks for the code alone, if it holds for certain: what only the primary or the store could tell of others before it is taken for the worst. */
export function codeOnly(facts: LoginFacts, name: FoldedName): Policy | undefined {
  if (!facts.policies.some(({ decision }) => decision === 'code-only')) return undefined;
  const policy = firstMatch(facts.policies, policyFacts(facts, [name], undefined, undefined, name.bare));
  return policy?.decision === 'code-only' ? policy : undefined;
}

/**
 * How each rule is found, in their order, once the store has said who the user is: what an administrator is shown.
 * @param state what the primary has shown; before a change of password nothing @param stored as the store identifies the user
 */
export function judgeRules(
  facts: LoginFacts,
  state: Extract<State, { readonly at: 'identity' | 'owner' | 'alone' }>,
  stored: Identity,
): { readonly identity: Identity; readonly judged: readonly Judged[] } {
  const isBefore = state.at !== 'identity';
  const identity = reached(facts, stored, isBefore ? undefined : state.directory);
  const asked = foldUserName(facts.userName ?? '');
  const about = isBefore
    ? identifiedFacts(facts, asked ? [asked] : [], undefined, identity)
    : identifiedFacts(facts, state.names, groupsOf(identity, state.groups), identity);
  return { identity, judged: facts.policies.map((policy) => judge(policy, about)) };
}

export function policyOf(...about: Parameters<typeof identifiedFacts>): Policy | undefined {
  const [{ policies }] = about;
  return policies.length === 0 ? undefined : firstMatch(policies, identifiedFacts(...about));
}

/** The rule that keeps a user's application passwords out, if one does: no directory is asked for them, and what it alone knows is uncertain. */
export function keepsAppPasswordsOut(
  facts: LoginFacts,
  stored: Extract<Identity, { readonly kind: 'known' }>,
): Policy | undefined {
  const { policies, hasDirectory } = facts;
  const groups = hasDirectory ? undefined : userGroups(stored.groups);
  const known = identifiedFacts(facts, [], groups, reached(facts, stored, undefined));
  // Who has no second factor by the store may have one by a number or an address of the directory.
  const about = hasDirectory && known.enrolled === false ? { ...known, enrolled: undefined } : known;
  const refusals = [about, ...inOtherRealms(about)].map((one) => firstRefusal(policies, one));
  return refusals.find((policy) => policy !== undefined);
}

/** As if each name of the user had been typed: by one of another realm a rule may refuse, whichever was typed. */
function inOtherRealms(about: PolicyFacts): PolicyFacts[] {
  const { realms, names, primary } = about;
  if (!realms) return [];
  return names.map(({ folded }) => ({
    ...about,
    realm: suffixOf(realms, folded),
    primary: checkerOf(realms, folded) ?? primary,
  }));
}

/** As with all that opens, only for whom the rule holds for certain; and never for whom only the client has authenticated. */
export function opensOnOutage(
  facts: LoginFacts,
  policy: Policy | undefined,
  names: readonly FoldedName[],
  groups: UserGroups,
  identity: Identity,
): boolean {
  if (!policy?.opensOnOutage || facts.credential === 'vouched') return false;
  return judge(policy, identifiedFacts(facts, names, groups, identity), true).matches;
}

/** @param names that are proven; of who is known to radgate those in the store count */
function identifiedFacts(
  facts: LoginFacts,
  names: readonly FoldedName[],
  groups: UserGroups | undefined,
  identity: Identity,
): PolicyFacts {
  if (identity.kind !== 'known') return policyFacts(facts, names, groups, false, names[0]?.bare ?? '');
  const own = identity.names.map(foldUserName).filter((name) => name !== undefined);
  return policyFacts(facts, own, groups, identity.enrolled, identity.userId);
}

function policyFacts(
  { about, realms, realm, credential, now }: LoginFacts,
  names: readonly FoldedName[],
  groups: UserGroups | undefined,
  enrolled: boolean | undefined,
  user: string,
): PolicyFacts {
  const vouched = credential === 'vouched';
  return { ...about(), names, realms, realm, groups, enrolled, vouched, share: shareOf(user), now };
}

/** Those of the store beside the primary's. */
export function groupsOf(identity: Identity, groups: readonly string[]): UserGroups {
  return userGroups(identity.kind === 'known' ? [...identity.groups, ...groups] : groups);
}

export function userOf(identity: Identity): string | null {
  return identity.kind === 'known' ? identity.userId : null;
}
