import type { UserForms } from '../../factor/code-forms.ts';
import { isAppPassword } from '../../policy/app-password.ts';
import { possiblePasswords, splitAppended, type Appended, type CodeForms } from '../../policy/append.ts';
import { type Way } from '../../policy/choice.ts';
import { decideBy } from '../../policy/decide-by.ts';
import type { Identity } from '../../policy/decide.ts';
import { foldUserName } from '../../policy/user-name.ts';
import type { Conversation } from '../../primary/primary.ts';
import { textsIn } from '../prompts.ts';
import type { Taken } from '../waiting.ts';
import type { LoginFacts } from './login-facts.ts';
import { codeOnly, policyOf, userOf } from './matching-rule.ts';
import { onAnswer } from './on-answer.ts';
import { useAppPassword } from './on-application-password.ts';
import type { Settled, Step } from './state.ts';
import { fitsAccept, fitsChallenge, recorded, refusal, silence } from './verdicts.ts';
import { reached } from './ways.ts';

const none = Buffer.alloc(0);

export function onReceived(facts: LoginFacts): Step {
  if (facts.isLoop) return recorded(refusal('loop'));
  if (facts.userName === undefined || facts.userName.length === 0) return recorded(refusal('name-missing'));
  if (facts.aclDownload === 'unsigned') return recorded(refusal('acl-unsigned'));
  // An answer is never tried as a password, whatever becomes of its State.
  if (facts.isAnswer) return { state: { at: 'take' }, effect: { kind: 'take' } };
  // It logs nobody in: nobody is asked for a factor, nothing is looked up in the store.
  if (facts.aclDownload) return askPrimary(undefined, undefined);
  switch (facts.credential) {
    case 'none':
      return recorded(refusal('credential-missing'));
    case 'change': {
      // The factor comes first: afterwards the old password would be gone.
      const asked = foldUserName(facts.userName);
      if (!asked) return onOwner(facts, { kind: 'invalid' });
      return { state: { at: 'owner' }, effect: { kind: 'identify', names: { proven: [], asked } } };
    }
    case 'prompt': {
      // Its form decides, so that no directory ever counts one that was revoked as a wrong password.
      const own = facts.appPasswords && possiblePasswords(facts.password ?? none, facts.append).find(isAppPassword);
      if (own) return useAppPassword(facts, own);
      const name = foldUserName(facts.userName);
      const alone = name && codeOnly(facts, name);
      if (alone) {
        const names = { proven: [], asked: name };
        return { state: { at: 'alone', policy: alone, asked: name }, effect: { kind: 'identify', names, alone: true } };
      }
      if (!facts.append) return askPrimary(undefined, undefined);
      return name ? { state: { at: 'forms' }, effect: { kind: 'find-code-forms', name } } : onForms(facts, null);
    }
    case 'proof':
    case 'vouched':
      return askPrimary(undefined, undefined);
  }
}

/** Parts the password from what stands beside it, so that the primary is asked once. */
export function onForms(facts: LoginFacts, forms: UserForms | null): Step {
  const { append, password, sending, approval, prompts } = facts;
  const ways: Way[] = ['app', ...(approval ? (['approval'] as const) : []), ...sending.methods];
  const { words } = textsIn(prompts, forms?.language ?? prompts.language);
  const appended = append && splitAppended(password ?? none, append, { codes: codesOf(facts, forms), ways, words });
  return askPrimary(undefined, undefined, appended);
}

/**
 * What a code can look like. Of a name that radgate does not know all that there is: the primary may know whose it is. Where such users come in without a
 * code, theirs is a password alone.
 */
function codesOf({ sending, factorRule }: LoginFacts, forms: UserForms | null): CodeForms {
  const sent = sending.methods.length > 0 ? [sending.digits] : [];
  if (forms) return { ...forms, lengths: [...forms.lengths, ...sent] };
  if (factorRule !== 'required') return { lengths: [], pin: false, recovery: false };
  return { lengths: [6, 7, 8, ...sent], pin: false, recovery: true };
}

export function onTaken(facts: LoginFacts, taken: Taken): Step {
  switch (taken.kind) {
    case 'waiting': {
      const { login } = taken;
      if (login.stage === 'primary') {
        // What the primary asked is the primary's to judge, whatever form the answer has; but whether a password may change is decided before any question.
        if (facts.credential === 'change') return recorded(refusal('password-change-refused'));
        return askPrimary(undefined, login.conversation);
      }
      // What fetches an ACL answers no question to a user.
      if (facts.credential !== 'prompt' || facts.aclDownload)
        return recorded(refusal('credential-missing'), login.userId);
      // This request may bring more Proxy-State than the first: told before a code is spent on an Accept that can't leave.
      if (!fitsAccept(facts, login.granted)) return recorded(refusal('reply-too-long'), login.userId);
      return onAnswer(facts, login);
    }
    case 'answered': {
      const { verdict } = taken;
      // The Accept for an ACL is no login's, and a login's is none for an ACL.
      const isDownload = verdict.kind === 'accept' && verdict.outcome === 'acl-downloaded';
      if (verdict.kind === 'accept' && isDownload !== (facts.aclDownload === 'signed'))
        return recorded(refusal('state-unknown'));
      const fits =
        verdict.kind === 'accept'
          ? fitsAccept(facts, verdict.granted)
          : verdict.kind !== 'challenge' || fitsChallenge(facts, verdict.relayed);
      return fits ? { verdict } : recorded(refusal('reply-too-long'));
    }
    case 'pending':
      return silence('answer-pending');
    case 'unknown':
      return recorded(refusal('state-unknown'));
  }
}

/** Whose password is to be changed. All refusals are one: the old password is not proven yet. */
export function onOwner(facts: LoginFacts, stored: Identity): Step {
  const identity = reached(facts, stored, undefined);
  const name = foldUserName(facts.userName ?? '');
  // A directory's groups are not known before it has proven the password: what they could decide is taken for the worst.
  const policy = policyOf(facts, name ? [name] : [], undefined, identity);
  const decision = decideBy(policy, facts.factorRule, identity, facts.now);
  const userId = userOf(identity);
  if (decision.kind !== 'skip') return recorded(refusal('password-change-refused'), userId, null, policy?.name);
  return askPrimary({ userId, outcome: decision.reason }, undefined);
}

function askPrimary(settled: Settled | undefined, conversation: Conversation | undefined, appended?: Appended): Step {
  return {
    state: { at: 'primary', settled, tail: appended?.tail },
    effect: { kind: 'check-primary', conversation, password: appended?.password },
  };
}
