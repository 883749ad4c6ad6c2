import type { ApprovalAnswer } from '../../approval/approvals.ts';
import { limitedNote, noTargetNote } from '../../deliver/texts.ts';
import type { Tail } from '../../policy/append.ts';
import { defaultWay, parseChoice, type Typed, type Way } from '../../policy/choice.ts';
import type { AttemptOutput } from '../attempt.ts';
import { outcomes, type Outcome } from '../outcome.ts';
import { menuOf, promptOf, textsIn, type Asking } from '../prompts.ts';
import type { AtFactor } from '../waiting.ts';
import type { LoginFacts } from './login-facts.ts';
import type { Event, Step } from './state.ts';
import { closedToOutage, ask, codeApart, codeMissing, recorded, refusal, silence } from './verdicts.ts';
import { canAsk } from './ways.ts';

/** Times that a user may choose or be sent a code in one login: beside what may be sent in all, it ends a login that goes round in circles. */
export const maxTurns = 10;

/** A word for another way, or for another code; else a code. */
export function onAnswer(facts: LoginFacts, login: AtFactor): Step {
  const { asking } = login;
  const { words } = textsIn(facts.prompts, asking.language);
  const choice: Typed =
    facts.sending.methods.length === 0 && !facts.approval
      ? { kind: 'code' }
      : parseChoice(facts.typed ?? '', menuOf(asking), words);
  if (choice.kind === 'code')
    return { state: { at: 'attempt', login }, effect: { kind: 'attempt', login, appended: undefined } };
  if (asking.turns >= maxTurns) return recorded(refusal('turns-over'), login.userId);
  const turned: AtFactor = { ...login, asking: { ...asking, turns: asking.turns + 1 } };
  if (choice.kind === 'unavailable')
    return ask('choice-unavailable', promptOf(facts.prompts, asking, 'unavailable'), turned);
  return askBy(facts, turned, choice.kind === 'resend' ? asking.way : choice.way);
}

export function askBy(facts: LoginFacts, login: AtFactor, way: Way): Step {
  const asking: Asking = { ...login.asking, way, target: null, number: null };
  const next: AtFactor = { ...login, asking };
  if (way === 'app' && !canAsk(facts)) return recorded(codeMissing(facts), login.userId);
  if (way === 'app') return ask('code-asked', promptOf(facts.prompts, asking, undefined), next);
  if (way === 'approval') return { state: { at: 'approval', login: next }, effect: { kind: 'approve', login: next } };
  return { state: { at: 'send', login: next }, effect: { kind: 'send', login: next, method: way } };
}

/** A code beside the password is one whatever else could be asked; a word asks by its way. */
export function onTail(facts: LoginFacts, login: AtFactor, tail: Tail): Step {
  if (tail.kind === 'code')
    return { state: { at: 'attempt', login }, effect: { kind: 'attempt', login, appended: tail.octets } };
  const { asking, userId } = login;
  if (asking.available.includes(tail.way)) return askBy(facts, login, tail.way);
  if (!canAsk(facts)) return recorded(refusal('choice-unavailable-last'), userId);
  const { unavailable } = textsIn(facts.prompts, asking.language).prompt;
  return ask('choice-unavailable', promptOf(facts.prompts, asking, { text: unavailable }), login);
}

/** By one of the user's ways nothing can be sent: another is asked for, and where none is left a rule may let in. */
function onOutage(facts: LoginFacts, login: AtFactor, otherwise: Outcome): Step {
  const { asking, userId, methods: own } = login;
  const available = asking.available.filter((way) => way !== asking.way);
  const next: AtFactor = { ...login, asking: { ...asking, available } };
  const way = canAsk(facts) ? defaultWay(available, null, null) : available.at(0);
  if (way) return askBy(facts, next, way);
  // A recovery code is typed where a code of an app is.
  if (own.includes('recovery')) return askBy(facts, next, 'app');
  // Nor is who has an app, where no code can be typed, one without another method.
  if (login.opensOnOutage && !own.some((method) => method === 'totp' || method === 'hotp')) {
    const verdict = { kind: 'accept', outcome: 'outage-allowed-by-policy', granted: login.granted } as const;
    return recorded(verdict, userId, null, login.rule);
  }
  return recorded(refusal(otherwise), userId, null, login.rule);
}

/** A code that could not be sent leaves the other ways open. */
export function onSent(facts: LoginFacts, login: AtFactor, output: Extract<Event, { kind: 'sent' }>['output']): Step {
  const { asking } = login;
  if (output.kind === 'outage') return onOutage(facts, login, 'send-refused-last');
  if (output.kind === 'queued') {
    if (!canAsk(facts)) return recorded(codeApart(facts, output.target), login.userId);
    const sent: Asking = { ...asking, target: output.target, language: output.language };
    return ask('code-sent', promptOf(facts.prompts, sent, undefined), { ...login, asking: sent });
  }
  const texts = textsIn(facts.prompts, output.language);
  const text =
    output.kind === 'limited'
      ? limitedNote(texts, output.which, output.until, facts.now)
      : noTargetNote(texts, asking.way === 'email' ? 'email' : 'sms');
  const available = asking.available.filter((way) => way !== asking.way);
  if (available.length === 0 || !canAsk(facts))
    return recorded({ kind: 'reject', outcome: 'send-refused-last', relayed: [], text }, login.userId);
  const left: Asking = { ...asking, way: available.includes('app') ? 'app' : asking.way, target: null };
  return ask('send-refused', promptOf(facts.prompts, left, { text }), { ...login, asking: left });
}

/** What the user said on the phone; where it can not be waited for, a prompt goes on. */
export function onApproval(facts: LoginFacts, login: AtFactor, answer: ApprovalAnswer): Step {
  const { asking, userId } = login;
  switch (answer.kind) {
    case 'approved':
      return recorded({ kind: 'accept', outcome: 'approved', granted: login.granted }, userId, 'approval');
    case 'declined':
      return recorded(refusal('approval-declined'), userId, 'approval');
    case 'fraud':
      return recorded(refusal('approval-fraud'), userId, 'approval');
    case 'unanswered':
      return recorded(refusal('approval-unanswered'), userId, 'approval');
    case 'stopped':
      return silence('stopping');
    case 'typed': {
      const open: Asking = { ...asking, target: answer.target, number: answer.number };
      return ask('approval-typed', promptOf(facts.prompts, open, undefined), { ...login, asking: open });
    }
    case 'missed':
    case 'refused': {
      if (answer.kind === 'refused' && answer.why === 'outage') return onOutage(facts, login, 'approval-refused');
      const available = asking.available.filter((way) => way !== 'approval');
      const way = canAsk(facts) ? defaultWay(available, null, null) : undefined;
      if (!way)
        return answer.kind === 'missed'
          ? recorded(refusal(`call-${answer.end}`), userId, 'approval')
          : recorded(refusal('approval-refused'), userId);
      return askBy(facts, { ...closedToOutage(login), asking: { ...asking, available } }, way);
    }
  }
}

/** The attempt's own transaction has told the audit. Nothing is asked again of who has proven nothing. */
export function onAttemptedAlone(login: AtFactor, { outcome }: AttemptOutput): Step {
  if (outcome === 'code-only-right') return { verdict: { kind: 'accept', outcome, granted: login.granted } };
  return { verdict: refusal(outcome === 'code-only-locked' ? outcome : 'code-only-wrong') };
}

export function onAttempted(facts: LoginFacts, login: AtFactor, { outcome }: AttemptOutput): Step {
  // The attempt's own transaction has told the audit.
  switch (outcomes[outcome].verdict) {
    case 'accept':
      return { verdict: { kind: 'accept', outcome, granted: login.granted } };
    case 'challenge': {
      const prompt = promptOf(facts.prompts, login.asking, outcome === 'code-used' ? 'used' : 'wrong');
      return ask(outcome, prompt, { ...login, attemptsLeft: login.attemptsLeft - 1 });
    }
    case 'reject':
      return { verdict: refusal(outcome) };
    case 'silence':
      return silence(outcome);
  }
}
