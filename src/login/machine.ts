import type { LoginFacts } from './machine/login-facts.ts';
import { onApproval, onAttempted, onAttemptedAlone, onSent } from './machine/on-answer.ts';
import { onAppOwner, onAppPassword } from './machine/on-application-password.ts';
import { enrolmentVerdict, onAlone, onBypass, onIdentified, onRecalled } from './machine/on-identity.ts';
import { onPrimary } from './machine/on-primary.ts';
import { onForms, onOwner, onReceived, onTaken } from './machine/on-request.ts';
import type { Event, State, Step } from './machine/state.ts';
import { silence } from './machine/verdicts.ts';

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
      if (event.kind === 'taken') return onTaken(facts, event.taken);
      break;
    case 'owner':
      if (event.kind === 'identified') return onOwner(facts, event.identity);
      break;
    case 'alone':
      if (event.kind === 'identified') return onAlone(facts, state, event.identity);
      break;
    case 'app-owner':
      if (event.kind === 'identified') return onAppOwner(facts, state, event.identity);
      break;
    case 'app-password':
      if (event.kind === 'app-password') return onAppPassword(event.outcome);
      break;
    case 'forms':
      if (event.kind === 'code-forms') return onForms(facts, event.forms);
      break;
    case 'primary':
      if (event.kind === 'primary') return onPrimary(facts, state, event.result);
      break;
    case 'identity':
      if (event.kind === 'identified') return onIdentified(facts, state, event.identity, state.settled);
      break;
    case 'bypass':
      if (event.kind === 'bypass') return onBypass(facts, state, event.used);
      break;
    case 'enrol':
      if (event.kind === 'enrolled') return { verdict: enrolmentVerdict(event.output, state) };
      break;
    case 'recall':
      if (event.kind === 'recalled') return onRecalled(facts, state.login, state.way, event.remembered);
      break;
    case 'send':
      if (event.kind === 'sent') return onSent(facts, state.login, event.output);
      break;
    case 'approval':
      if (event.kind === 'approval') return onApproval(facts, state.login, event.answer);
      break;
    case 'attempt':
      if (event.kind === 'attempted')
        return state.alone
          ? onAttemptedAlone(state.login, event.output)
          : onAttempted(facts, state.login, event.output);
      break;
    case 'put': {
      if (event.kind !== 'put') break;
      if (!event.handle) return silence('waiting-full');
      const { outcome, text, relayed } = state;
      return { verdict: { kind: 'challenge', outcome, text, relayed, state: event.handle } };
    }
    case 'record':
      if (event.kind === 'recorded') return { verdict: state.verdict };
      break;
  }
  throw new Error(`event ${event.kind} in state ${state.at}`);
}
