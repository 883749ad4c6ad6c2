import type { Granted } from '../packet/granted.ts';
import { decide, type FactorRule, type Identity } from '../policy/decide.ts';
import { foldUserName, type FoldedName } from '../policy/user-name.ts';
import type { PrimaryResult } from '../primary/primary.ts';
import type { AttemptOutput } from './attempt.ts';
import { outcomes, type Outcome } from './outcome.ts';
import type { Verdict } from './verdict.ts';
import type { Taken, WaitingLogin } from './waiting.ts';

/** What is fixed about a request while it is worked on. */
export interface LoginFacts {
  readonly userName: Buffer | undefined;
  readonly hasPassword: boolean;
  /** Whether it answers a challenge: it carries State. */
  readonly isAnswer: boolean;
  readonly factorRule: FactorRule;
  /** Answers that one login may give. */
  readonly attempts: number;
  readonly prompts: {
    readonly first: string;
    readonly afterWrong: string;
    readonly afterUsed: string;
  };
}

/** What the machine knows, by what it waits for. */
export type State =
  | { readonly at: 'start' }
  | { readonly at: 'primary' }
  | { readonly at: 'identity'; readonly granted: readonly Granted[] }
  | { readonly at: 'bypass'; readonly granted: readonly Granted[]; readonly identity: Identity }
  | { readonly at: 'take' }
  | { readonly at: 'attempt'; readonly login: WaitingLogin }
  | { readonly at: 'put'; readonly outcome: Outcome; readonly text: string }
  | { readonly at: 'record'; readonly verdict: Verdict };

/** What the runner is to do next. */
export type Effect =
  | { readonly kind: 'take' }
  | { readonly kind: 'check-primary' }
  | { readonly kind: 'identify'; readonly name: FoldedName }
  | { readonly kind: 'use-bypass'; readonly bypassId: string; readonly userId: string }
  | { readonly kind: 'put'; readonly login: WaitingPart }
  | { readonly kind: 'attempt'; readonly login: WaitingLogin }
  | { readonly kind: 'record'; readonly verdict: Verdict; readonly userId: string | null };

/** What the machine decides of a waiting login; the runner adds whose it is, or keeps that of the login that goes on. */
export type WaitingPart = Pick<WaitingLogin, 'userId' | 'methods' | 'granted' | 'attemptsLeft'>;

/** What came of it. */
export type Event =
  | { readonly kind: 'received' }
  | { readonly kind: 'taken'; readonly taken: Taken }
  | { readonly kind: 'primary'; readonly result: PrimaryResult }
  | { readonly kind: 'identified'; readonly identity: Identity }
  | { readonly kind: 'bypass'; readonly used: boolean }
  | { readonly kind: 'put'; readonly handle: Buffer | undefined }
  | { readonly kind: 'attempted'; readonly output: AttemptOutput }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'store-failed' };

export type Step = { readonly state: State; readonly effect: Effect } | { readonly verdict: Verdict };

/**
 * The way of one request through a login: pure, so that every path can be walked in a test. Each event is answered by what to do next or by the
 * verdict. Whatever fails in the store ends in silence: the NAS asks again, and nothing has been let in.
 * @throws Error on an event that the state doesn't wait for, which is a defect
 */
export function step(facts: LoginFacts, state: State, event: Event): Step {
  if (event.kind === 'store-failed') return silence('store-failed');
  switch (state.at) {
    case 'start':
      if (event.kind === 'received') return onReceived(facts);
      break;
    case 'take':
      if (event.kind === 'taken') return onTaken(event.taken);
      break;
    case 'primary':
      if (event.kind === 'primary') return onPrimary(facts, event.result);
      break;
    case 'identity':
      if (event.kind === 'identified') return onIdentified(facts, state.granted, event.identity);
      break;
    case 'bypass':
      if (event.kind === 'bypass') return onBypass(facts, state.granted, state.identity, event.used);
      break;
    case 'attempt':
      if (event.kind === 'attempted') return onAttempted(facts, state.login, event.output);
      break;
    case 'put':
      if (event.kind !== 'put') break;
      if (!event.handle) return silence('waiting-full');
      return { verdict: { kind: 'challenge', outcome: state.outcome, text: state.text, state: event.handle } };
    case 'record':
      if (event.kind === 'recorded') return { verdict: state.verdict };
      break;
  }
  throw new Error(`event ${event.kind} in state ${state.at}`);
}

function onReceived(facts: LoginFacts): Step {
  if (facts.userName === undefined || facts.userName.length === 0) return recorded(refusal('name-missing'));
  if (!facts.hasPassword) return recorded(refusal('password-needed'));
  // An answer is never tried as a password, whatever becomes of its State.
  if (facts.isAnswer) return { state: { at: 'take' }, effect: { kind: 'take' } };
  return { state: { at: 'primary' }, effect: { kind: 'check-primary' } };
}

function onTaken(taken: Taken): Step {
  switch (taken.kind) {
    case 'waiting':
      return { state: { at: 'attempt', login: taken.login }, effect: { kind: 'attempt', login: taken.login } };
    case 'answered':
      return { verdict: taken.verdict };
    case 'pending':
      return silence('answer-pending');
    case 'unknown':
      return recorded(refusal('state-unknown'));
  }
}

function onPrimary(facts: LoginFacts, result: PrimaryResult): Step {
  switch (result.kind) {
    case 'unreachable':
      return recorded({ kind: 'silence', outcome: result.asked ? 'upstream-unreachable' : 'upstream-unasked' });
    case 'challenge':
      return recorded(refusal('upstream-challenged'));
    case 'bad':
      if (!result.relayed) return recorded(refusal('password-wrong'));
      return recorded({ kind: 'reject', outcome: 'upstream-rejected', relayed: result.relayed, text: null });
    case 'ok': {
      const name = foldUserName(facts.userName ?? '');
      if (!name) return onIdentified(facts, result.granted, { kind: 'invalid' });
      return { state: { at: 'identity', granted: result.granted }, effect: { kind: 'identify', name } };
    }
  }
}

function onIdentified(facts: LoginFacts, granted: readonly Granted[], identity: Identity): Step {
  const decision = decide(facts.factorRule, identity);
  const userId = identity.kind === 'known' ? identity.userId : null;
  switch (decision.kind) {
    case 'deny':
      return recorded(refusal(decision.reason), userId);
    case 'skip':
      return recorded({ kind: 'accept', outcome: decision.reason, granted }, userId);
    case 'bypass':
      return {
        state: { at: 'bypass', granted, identity },
        effect: { kind: 'use-bypass', bypassId: decision.bypassId, userId: decision.userId },
      };
    case 'require': {
      const { methods } = decision;
      return ask('code-asked', facts.prompts.first, {
        userId: decision.userId,
        methods,
        granted,
        attemptsLeft: facts.attempts,
      });
    }
  }
}

/** It serves once: who comes second is judged as if there were none. */
function onBypass(facts: LoginFacts, granted: readonly Granted[], identity: Identity, used: boolean): Step {
  if (used) return { verdict: { kind: 'accept', outcome: 'bypass-used', granted } };
  return onIdentified(facts, granted, identity.kind === 'known' ? { ...identity, bypassId: null } : identity);
}

function onAttempted(facts: LoginFacts, login: WaitingLogin, { outcome }: AttemptOutput): Step {
  // The attempt's own transaction has told the audit.
  switch (outcomes[outcome].verdict) {
    case 'accept':
      return { verdict: { kind: 'accept', outcome, granted: login.granted } };
    case 'challenge': {
      const prompt = outcome === 'code-used' ? facts.prompts.afterUsed : facts.prompts.afterWrong;
      return ask(outcome, prompt, { ...login, attemptsLeft: login.attemptsLeft - 1 });
    }
    case 'reject':
      return { verdict: refusal(outcome) };
    case 'silence':
      return silence(outcome);
  }
}

function ask(outcome: Outcome, text: string, login: WaitingPart): Step {
  return { state: { at: 'put', outcome, text }, effect: { kind: 'put', login } };
}

/** A verdict leaves once the audit has its row. */
function recorded(verdict: Verdict, userId: string | null = null): Step {
  return { state: { at: 'record', verdict }, effect: { kind: 'record', verdict, userId } };
}

function refusal(outcome: Outcome): Verdict {
  return { kind: 'reject', outcome, relayed: [], text: outcomes[outcome].user };
}

function silence(outcome: Outcome): Step {
  return { verdict: { kind: 'silence', outcome } };
}
