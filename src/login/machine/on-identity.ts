import { defaultWay, type Way } from '../../policy/choice.ts';
import { decideBy } from '../../policy/decide-by.ts';
import { type Identity } from '../../policy/decide.ts';
import { userGroups } from '../../policy/fold-group.ts';
import { outcomes } from '../outcome.ts';
import type { Asking } from '../prompts.ts';
import { returned } from '../returned.ts';
import type { SendEnrolmentOutput } from '../send-enrolment.ts';
import type { Verdict } from '../verdict.ts';
import type { AtFactor } from '../waiting.ts';
import type { LoginFacts } from './login-facts.ts';
import { groupsOf, opensOnOutage, policyOf, userOf } from './matching-rule.ts';
import { askBy, onTail } from './on-answer.ts';
import type { Proven, Settled, State, Step } from './state.ts';
import { told, fitsAccept, ownText, recorded, refusal } from './verdicts.ts';
import { canAsk, groupWay, reached, waysOf, withoutPrompt } from './ways.ts';

export function onIdentified(
  facts: LoginFacts,
  { granted, directory, groups, attributes, names, tail }: Proven,
  stored: Identity,
  settled: Settled | undefined,
): Step {
  const identity = reached(facts, stored, directory);
  const userId = userOf(identity);
  // Another user than was decided on before the change needs a factor like anyone, and has not given it.
  if (settled && settled.userId !== userId) return recorded(refusal('name-ambiguous'), userId);
  const all = groupsOf(identity, groups);
  const policy = policyOf(facts, names, all, identity);
  const rule = policy?.name;
  const decision = decideBy(policy, facts.factorRule, identity, facts.now);
  if (decision.kind === 'deny') {
    // A link is for who has proven a password, and goes to the address that is known.
    const isLinked = policy?.unenrolled === 'link' && facts.credential !== 'vouched';
    const { reason } = decision;
    if ((reason === 'not-enrolled' || reason === 'method-missing') && isLinked && userId !== null)
      return {
        state: { at: 'enrol', text: policy.text, lack: reason },
        effect: { kind: 'enrol', userId, directory, lack: reason, rule: policy.name },
      };
    const text = ownText.has(decision.reason) ? policy?.text : undefined;
    return recorded(refusal(decision.reason, text), userId, null, rule);
  }
  const accepted = policy ? returned(granted, policy.returns, { groups: all, attributes }) : granted;
  if (!fitsAccept(facts, accepted)) return recorded(refusal('reply-too-long'), userId, null, rule);
  switch (decision.kind) {
    case 'skip':
      // Nobody has proven anything to radgate: such a login is never without a factor.
      if (facts.credential === 'vouched') return recorded(refusal('approval-needed'), userId, null, rule);
      return recorded(
        { kind: 'accept', outcome: decision.reason, granted: [...accepted, ...told(policy)] },
        userId,
        null,
        rule,
      );
    case 'bypass':
      return {
        state: { at: 'bypass', granted, accepted, identity, directory, groups, attributes, names, tail },
        effect: {
          kind: 'use-bypass',
          bypassId: decision.bypassId,
          userId: decision.userId,
          ...(rule === undefined ? {} : { rule }),
        },
      };
    case 'require': {
      const { methods } = decision;
      // CHAP, MS-CHAP and EAP leave no prompt to ask a code at.
      if (facts.credential !== 'prompt' && !methods.includes('approval'))
        return recorded(
          refusal(facts.credential === 'vouched' ? 'approval-needed' : 'code-needs-pap'),
          userId,
          null,
          rule,
        );
      const available: Way[] = facts.credential === 'prompt' ? waysOf(methods) : ['approval'];
      const preferred = identity.kind === 'known' ? identity.preferredWay : null;
      const language = (identity.kind === 'known' ? identity.language : null) ?? facts.prompts.language;
      const group =
        policy?.ways?.find((one) => available.includes(one)) ??
        groupWay(facts, all) ??
        (facts.approval?.first ? 'approval' : null);
      const way = defaultWay(available, preferred, group) ?? 'app';
      const asking: Asking = { available, way, target: null, number: null, language, turns: 0, directory };
      const attemptsLeft = canAsk(facts) ? facts.attempts : 1;
      const own = { userId: decision.userId, methods, granted: accepted, attemptsLeft, asking };
      const login: AtFactor = {
        stage: 'factor',
        ...own,
        ...(rule === undefined ? {} : { rule }),
        ...(opensOnOutage(facts, policy, names, all, identity) ? { opensOnOutage: true } : {}),
      };
      if (tail) return onTail(facts, login, tail);
      const first = canAsk(facts) ? way : withoutPrompt(available);
      // Of whom nobody has proven a password nothing is remembered.
      if (!facts.remembers || facts.credential === 'vouched') return askBy(facts, login, first);
      return { state: { at: 'recall', login, way: first }, effect: { kind: 'recall', login } };
    }
  }
}

/** Its own transaction has told the audit. */
export function enrolmentVerdict(
  output: SendEnrolmentOutput,
  { text: own, lack }: Extract<State, { at: 'enrol' }>,
): Verdict {
  const before = own === undefined ? '' : `${own} `;
  switch (output.kind) {
    case 'sent': {
      const text = `You have no second factor for this login yet. A link to register one was mailed to ${output.target}: open it, then log in again.`;
      return refusal('enrolment-sent', before + text);
    }
    case 'open':
      return refusal('enrolment-open', before + (outcomes['enrolment-open'].user ?? ''));
    case 'refused':
      return refusal(lack, own);
  }
}

/** It serves once: who comes second is judged as if there were none. */
export function onBypass(facts: LoginFacts, at: Extract<State, { at: 'bypass' }>, used: boolean): Step {
  const { identity } = at;
  if (used) return { verdict: { kind: 'accept', outcome: 'bypass-used', granted: at.accepted } };
  const without = identity.kind === 'known' ? { ...identity, bypassId: null } : identity;
  return onIdentified(facts, at, without, undefined);
}

/** Its own transaction has told the audit. */
export function onRecalled(facts: LoginFacts, login: AtFactor, way: Way, remembered: boolean): Step {
  if (!remembered) return askBy(facts, login, way);
  return { verdict: { kind: 'accept', outcome: 'remembered', granted: login.granted } };
}

/** The code of an app or token, or a recovery code; nothing is sent for who has proven nothing. All refusals are alike. */
export function onAlone(
  facts: LoginFacts,
  { policy, asked }: Extract<State, { at: 'alone' }>,
  identity: Identity,
): Step {
  const userId = userOf(identity);
  const refused = recorded(refusal('code-only-wrong'), userId, null, policy.name);
  if (identity.kind !== 'known' || identity.disabled) return refused;
  // By the other names of the user another rule may come first.
  if (policyOf(facts, [asked], undefined, identity) !== policy) return refused;
  const own = identity.methods.filter((method) => method === 'totp' || method === 'hotp' || method === 'recovery');
  if (own.length === 0) return refused;
  const groups = { groups: userGroups(identity.groups), attributes: new Map<string, readonly Buffer[]>() };
  const granted = returned([], policy.returns, groups);
  if (!fitsAccept(facts, granted)) return recorded(refusal('reply-too-long'), userId, null, policy.name);
  const language = identity.language ?? facts.prompts.language;
  const asking: Asking = {
    available: ['app'],
    way: 'app',
    target: null,
    number: null,
    language,
    turns: 0,
    directory: undefined,
  };
  const login: AtFactor = {
    stage: 'factor',
    userId: identity.userId,
    methods: own,
    granted,
    attemptsLeft: 1,
    asking,
    rule: policy.name,
  };
  return {
    state: { at: 'attempt', login, alone: true },
    effect: { kind: 'attempt', login, appended: undefined, alone: true },
  };
}
