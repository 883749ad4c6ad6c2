import type { Nas } from '../nas/nas.ts';
import type { AccessRequest } from '../packet/access-request.ts';
import { Type } from '../packet/constants.ts';
import type { Granted } from '../packet/granted.ts';
import type { Way } from '../policy/choice.ts';
import type { Identity } from '../policy/decide.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import type { Judged, Policy } from '../policy/policy.ts';
import { foldUserName } from '../policy/user-name.ts';
import { findTarget } from '../factor/sent-target.ts';
import type { Primary } from '../primary/primary.ts';
import { identify } from '../store/identify.ts';
import type { Store } from '../store/store.ts';
import { loginFacts, type LoginRules } from './facts.ts';
import { step } from './machine.ts';
import type { LoginFacts } from './machine/login-facts.ts';
import { judgeRules, keepsAppPasswordsOut } from './machine/matching-rule.ts';
import type { Event, State, Step } from './machine/state.ts';
import type { Outcome } from './outcome.ts';
import { findFactor, type SendEnrolmentOutput } from './send-enrolment.ts';
import { textsIn } from './prompts.ts';
import type { AtFactor } from './waiting.ts';

/** A login that nobody makes. */
export interface ExplainInput {
  readonly rules: LoginRules;
  readonly lockout: LockoutRules;
  readonly nas: Nas;
  readonly request: AccessRequest;
  /** It tells whose the name is; no credential is checked. */
  readonly primary: Primary;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** What such a login comes to, if its password is right. */
export interface Explained {
  /** The suffix of the realm that the name is in; null for none. */
  readonly realm: string | null;
  readonly identity: Identity | undefined;
  /** Groups that the rules look at. */
  readonly groups: readonly string[];
  /** Every rule; empty if the login ends before they are looked at. */
  readonly judged: readonly Judged[];
  readonly result: 'accept' | 'reject' | 'challenge' | 'approval' | 'silence';
  readonly outcome: Outcome | undefined;
  /** The ways that the user can choose from, the one that is begun with first. */
  readonly ways: readonly Way[];
  /** Where a code or a link to approve would go, masked; null if nothing is sent. */
  readonly target: string | null;
  /** What the user is shown. */
  readonly text: string | null;
  readonly granted: readonly Granted[];
  /** Which rule keeps the user's application passwords out, if one does; null where none are taken, or nobody has one. */
  readonly appPasswords: { readonly keptOutBy: Policy | null } | null;
}

type Walked = Omit<Explained, 'appPasswords'>;
type Ending = Omit<Walked, keyof Found>;
type Found = Pick<Explained, 'realm' | 'identity' | 'groups' | 'judged'>;

const none = { outcome: undefined, ways: [], target: null, text: null, granted: [] } as const;

/**
 * Walks a login through the machine as the runner does, but reads alone: nothing is sent, recorded, counted or used up. No device is remembered, and the password has nothing beside it.
 * @throws StoreError
 */
export async function explain(store: Store, input: ExplainInput): Promise<Explained> {
  const { rules, nas, request, primary, now } = input;
  const facts = loginFacts(rules, { nas, request, authentic: true }, primary.name, false, now);
  return { ...(await walk(store, input, facts)), appPasswords: await appPasswordsOf(store, input, facts) };
}

/** By the name as it is typed, as such a password would come. */
async function appPasswordsOf(
  store: Store,
  { lockout, now }: ExplainInput,
  facts: LoginFacts,
): Promise<Explained['appPasswords']> {
  const asked = foldUserName(facts.userName ?? '');
  if (!facts.appPasswords || facts.credential !== 'prompt' || !asked) return null;
  const { realms } = facts;
  const wanted = { wantsGroups: true, wantsNames: true };
  const identity = await store.run(identify, { proven: [], asked, realms, lockout, now, ...wanted });
  return identity.kind === 'known' ? { keptOutBy: keepsAppPasswordsOut(facts, identity) ?? null } : null;
}

async function walk(
  store: Store,
  { lockout, nas, request, primary, now }: ExplainInput,
  facts: LoginFacts,
): Promise<Walked> {
  const { realms } = facts;
  let found: Found = { realm: facts.realm ?? null, identity: undefined, groups: [], judged: [] };
  let target: string | null = null;
  let next: Step = step(facts, { at: 'start' }, { kind: 'received' });
  for (;;) {
    if ('verdict' in next) throw new Error('a login ended before its first answer');
    const { state, effect }: Exclude<Step, { readonly verdict: unknown }> = next;
    let event: Event;
    switch (effect.kind) {
      case 'find-code-forms':
        event = { kind: 'code-forms', forms: null };
        break;
      case 'check-primary': {
        const { userName = Buffer.alloc(0), credential, packet } = request;
        const asked = { userName, credential, packet, client: nas.name, realms, deadline: 0, conversation: undefined };
        event = { kind: 'primary', result: await primary.check(asked) };
        break;
      }
      case 'identify': {
        const wanted = { wantsGroups: true, wantsNames: true };
        const identity = await store.run(identify, { ...effect.names, realms, lockout, now, ...wanted });
        found = foundOf(facts, state, identity);
        event = { kind: 'identified', identity };
        break;
      }
      case 'recall':
        event = { kind: 'recalled', remembered: false };
        break;
      case 'enrol': {
        const { email } = found.identity?.kind === 'known' ? found.identity : { email: null };
        const contacts = { store: { phones: [], emails: [email] }, directory: effect.directory };
        const { methods, order, rules: sendingRules } = facts.sending;
        const mailed = findTarget('email', contacts, order, sendingRules);
        const phones = methods.some((method) => method !== 'email');
        const hasFactor = await store.run(findFactor, { userId: effect.userId, phones });
        const output: SendEnrolmentOutput = hasFactor
          ? { kind: 'refused', why: 'has-factor' }
          : mailed.kind === 'target'
            ? { kind: 'sent', target: mailed.masked }
            : { kind: 'refused', why: 'no-target' };
        target = output.kind === 'sent' ? output.target : null;
        const ended = step(facts, state, { kind: 'enrolled', output });
        if (!('verdict' in ended)) throw new Error('a link left a login open');
        return { ...found, ...endingOf(ended.verdict), target };
      }
      case 'use-bypass':
        return { ...found, ...none, result: 'accept', outcome: 'bypass-used' };
      case 'send': {
        target = targetOf(facts, effect.login, found.identity, effect.method);
        const { language } = effect.login.asking;
        event = { kind: 'sent', output: { kind: 'queued', target: target ?? '-', language: known(facts, language) } };
        break;
      }
      case 'approve':
        return { ...found, ...none, result: 'approval', ways: waysFrom(effect.login) };
      case 'put': {
        if (effect.login.stage !== 'factor' || state.at !== 'put') throw new Error('a primary asked a question');
        const { outcome, text } = state;
        return { ...found, ...none, result: 'challenge', outcome, ways: waysFrom(effect.login), target, text };
      }
      case 'record':
        return { ...found, ...endingOf(effect.verdict) };
      case 'attempt':
        // By a rule for a code alone: what was typed is one.
        return { ...found, ...none, result: 'challenge', ways: ['app'], granted: effect.login.granted };
      case 'take':
      case 'use-app-password':
        throw new Error(`${effect.kind} in a login without an answer`);
    }
    next = step(facts, state, event);
  }
}

function foundOf(facts: LoginFacts, state: State, stored: Identity): Found {
  if (state.at !== 'identity' && state.at !== 'owner' && state.at !== 'alone')
    throw new Error(`a user was looked for at ${state.at}`);
  const { identity, judged } = judgeRules(facts, state, stored);
  const own = identity.kind === 'known' ? identity.groups : [];
  const realm = facts.realm ?? null;
  return { realm, identity, judged, groups: [...new Set([...own, ...(state.at === 'identity' ? state.groups : [])])] };
}

function targetOf(
  { sending }: LoginFacts,
  { asking }: AtFactor,
  identity: Identity | undefined,
  method: Parameters<typeof findTarget>[0],
): string | null {
  if (identity?.kind !== 'known') return null;
  const store = { phones: [identity.phone], emails: [identity.email] };
  const found = findTarget(method, { store, directory: asking.directory }, sending.order, sending.rules);
  return found.kind === 'target' ? found.masked : null;
}

/** A language that there are texts in. */
function known({ prompts }: LoginFacts, language: string): string {
  return textsIn(prompts, language) === prompts.texts[language] ? language : prompts.language;
}

function waysFrom(login: AtFactor): Way[] {
  const { available, way } = login.asking;
  return [way, ...available.filter((one) => one !== way)];
}

function endingOf(verdict: Extract<Step, { readonly verdict: unknown }>['verdict']): Ending {
  const { kind, outcome } = verdict;
  switch (kind) {
    case 'accept':
      return { ...none, result: kind, outcome, granted: verdict.granted, text: messageIn(verdict.granted) };
    case 'reject':
      return { ...none, result: kind, outcome, text: verdict.text };
    case 'challenge':
    case 'silence':
      return { ...none, result: kind, outcome };
  }
}

/** What an Accept tells the user: RFC 2865 §5.18. */
function messageIn(granted: readonly Granted[]): string | null {
  const texts = granted.filter((one) => one.kind === 'plain' && one.type === Type.replyMessage);
  return texts.length === 0 ? null : Buffer.concat(texts.map(({ value }) => value)).toString();
}
