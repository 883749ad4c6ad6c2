import { reachableBy, type Contacts } from '../../factor/sent-target.ts';
import { ways, type Way } from '../../policy/choice.ts';
import { methods, type Identity, type Method } from '../../policy/decide.ts';
import type { UserGroups } from '../../policy/fold-group.ts';
import type { SentMethod } from '../../policy/sent-method.ts';
import type { LoginFacts } from './login-facts.ts';

/** Whether a prompt can follow. */
export function canAsk({ credential, challenge }: LoginFacts): boolean {
  return credential === 'prompt' && challenge;
}

/** Where no prompt can follow, who typed a password alone can approve; what else there is must be typed with the password. */
export function withoutPrompt(available: readonly Way[]): Way {
  return available.includes('approval') ? 'approval' : 'app';
}

/** With the ways that messages reach the user by. */
export function reached(
  { sending, approval }: LoginFacts,
  identity: Identity,
  directory: Contacts | undefined,
): Identity {
  if (identity.kind !== 'known' || (sending.methods.length === 0 && !approval)) return identity;
  const store: Contacts = { phones: [identity.phone], emails: [identity.email] };
  const reaches = (carriers: readonly SentMethod[]): SentMethod[] =>
    reachableBy(carriers, { store, directory }, sending.order, sending.rules);
  const sent = new Set<Method>(reaches(sending.methods));
  const isReached = approval?.channels.some((channel) => channel === 'notify' || reaches([channel]).length > 0);
  if (approval && (identity.hasDevice || isReached)) sent.add('approval');
  const all = methods.filter((method) => sent.has(method) || identity.methods.includes(method));
  return { ...identity, methods: all, enrolled: identity.enrolled || all.length > 0 };
}

export function groupWay({ groupWays }: LoginFacts, groups: UserGroups): Way | null {
  return groupWays.find(({ group }) => groups.has(group))?.way ?? null;
}

/** Codes of an app and a token are typed at one prompt; each other way has its own. A recovery code is taken at any of them, and is no way by itself. */
export function waysOf(own: readonly Method[]): Way[] {
  const has = (way: Way): boolean => (way === 'app' ? own.includes('totp') || own.includes('hotp') : own.includes(way));
  const found = ways.filter(has);
  return found.length > 0 ? found : ['app'];
}
