import type { ApprovalAnswer } from '../approval/approvals.ts';
import { aclLines } from '../packet/acl-download.ts';
import { Type } from '../packet/constants.ts';
import { lengthOnHop, type Granted } from '../packet/granted.ts';
import { limitedNote, noTargetNote } from '../deliver/texts.ts';
import type { UserForms } from '../factor/code-forms.ts';
import type { BeginOutput } from '../factor/sent-code.ts';
import { reachableBy, type Contacts } from '../factor/sent-target.ts';
import {
  exampleOf,
  splitAppended,
  type AppendRules,
  type Appended,
  type CodeForms,
  type Tail,
} from '../policy/append.ts';
import { isAppPassword } from '../policy/app-password.ts';
import { defaultWay, parseChoice, ways, type Typed, type Way } from '../policy/choice.ts';
import { decideBy } from '../policy/decide-by.ts';
import { methods, type FactorRule, type Identity, type Method } from '../policy/decide.ts';
import { foldGroup } from '../policy/fold-group.ts';
import { firstMatch, judge, type Judged, type Policy, type PolicyFacts } from '../policy/policy.ts';
import { shareOf } from '../policy/share.ts';
import { textAttributes } from '../packet/text.ts';
import type { NoticeCarrier } from '../policy/carrier.ts';
import type { SentMethod } from '../policy/sent-method.ts';
import type { SendingRules } from '../policy/sending.ts';
import { foldUserName, type FoldedName } from '../policy/user-name.ts';
import type { Conversation, Person, PrimaryResult } from '../primary/primary.ts';
import type { IdentifyInput } from '../store/identify.ts';
import type { AttemptOutput } from './attempt.ts';
import { outcomes, type Outcome } from './outcome.ts';
import type { Lack, SendEnrolmentOutput } from './send-enrolment.ts';
import { returned } from './returned.ts';
import { menuOf, promptOf, textsIn, type Asking, type Prompts } from './prompts.ts';
import type { Verdict } from './verdict.ts';
import { handleSize, type AtFactor, type AtPrimary, type Taken } from './waiting.ts';

/** What is fixed about a request while it is worked on. */
export interface LoginFacts {
  readonly userName: Buffer | undefined;
  /**
   * What the user proves himself with, as far as the way through a login depends on it: a password typed at a prompt that may be followed by
   * another prompt, a proof that no prompt can follow, a change of password, nothing because the client has authenticated him, or nothing that anyone here
   * can check.
   */
  readonly credential: 'prompt' | 'proof' | 'change' | 'vouched' | 'none';
  /** Whether a proxy behind radgate has sent it back. */
  readonly isLoop: boolean;
  /** Whether it asks for the lines of an ACL, at a client that may, and whether a Message-Authenticator vouches for it. */
  readonly aclDownload: 'signed' | 'unsigned' | null;
  /** Whether it answers a challenge: it carries State. */
  readonly isAnswer: boolean;
  /** What counts where no rule holds. */
  readonly factorRule: FactorRule;
  readonly policies: readonly Policy[];
  /** What they look at in the request. */
  readonly about: Pick<PolicyFacts, 'client' | 'address' | 'trustsAddress' | 'protocol' | 'attributes'>;
  /** Answers that one login may give. */
  readonly attempts: number;
  /** Octets that attributes may take in the reply to this request. */
  readonly room: number;
  readonly prompts: Prompts;
  readonly sending: SendingFacts;
  /** Undefined if none is asked. */
  readonly approval: ApprovalFacts | undefined;
  /** By what the members of a group are asked first; the first that fits counts. */
  readonly groupWays: readonly { readonly name: string; readonly way: Way }[];
  /** The answer as text, where it may be a word for another way. */
  readonly typed: string | null;
  /** The password of PAP, as it was typed. */
  readonly password: Buffer | null;
  /** How a code may stand beside the password; undefined where none may. */
  readonly append: AppendRules | undefined;
  /** Whether a second factor that was proven lately on this device counts: the client allows it, and tells the device. */
  readonly remembers: boolean;
  /** Whether application passwords let in here. */
  readonly appPasswords: boolean;
  /** Whether the client can show a challenge. */
  readonly challenge: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** How users can be asked to approve. */
export interface ApprovalFacts {
  /** What a notice may go by. */
  readonly channels: readonly NoticeCarrier[];
  /** Whether it is asked before a code, where a code can be asked. */
  readonly first: boolean;
}

/** What codes can be sent by, and to. */
export interface SendingFacts {
  /** Empty if nothing can be sent. */
  readonly methods: readonly SentMethod[];
  /** Where numbers and addresses are looked for first. */
  readonly order: readonly ('store' | 'directory')[];
  readonly rules: Pick<SendingRules, 'allow' | 'deny'>;
  /** Of each code. */
  readonly digits: number;
}

/** A password was changed for a user who needs no second factor: what was decided before, and of whom. */
interface Settled {
  readonly userId: string | null;
  readonly outcome: Outcome;
}

/** What the machine knows, by what it waits for. */
export type State =
  | { readonly at: 'start' }
  /** A change of password: whether a factor is needed is decided before it. */
  | { readonly at: 'owner' }
  | { readonly at: 'app-password' }
  /** An application password, where a rule may refuse: whose it would be. */
  | { readonly at: 'app-owner'; readonly name: FoldedName; readonly password: Buffer }
  /** A rule asks for the code alone: whose it is. */
  | { readonly at: 'alone'; readonly policy: Policy; readonly asked: FoldedName }
  /** What the user's codes look like is looked up, to part the password from the code beside it. */
  | { readonly at: 'forms' }
  | { readonly at: 'primary'; readonly settled: Settled | undefined; readonly tail: Tail | undefined }
  | {
      readonly at: 'identity';
      readonly granted: readonly Granted[];
      readonly settled: Settled | undefined;
      readonly directory: Contacts | undefined;
      readonly groups: readonly string[];
      readonly attributes: Person['attributes'];
      readonly names: readonly FoldedName[];
      readonly tail: Tail | undefined;
    }
  | {
      readonly at: 'bypass';
      /** By the primary; and what the Accept carries of it, as the rule has it. */
      readonly granted: readonly Granted[];
      readonly accepted: readonly Granted[];
      readonly identity: Identity;
      readonly directory: Contacts | undefined;
      readonly groups: readonly string[];
      readonly attributes: Person['attributes'];
      readonly names: readonly FoldedName[];
      readonly tail: Tail | undefined;
    }
  /** Who has no method is sent a link to register one. */
  | { readonly at: 'enrol'; readonly text: string | undefined; readonly lack: Lack }
  | { readonly at: 'recall'; readonly login: AtFactor; readonly way: Way }
  | { readonly at: 'send'; readonly login: AtFactor }
  | { readonly at: 'approval'; readonly login: AtFactor }
  | { readonly at: 'take' }
  | { readonly at: 'attempt'; readonly login: AtFactor; readonly alone?: true }
  | {
      readonly at: 'put';
      readonly outcome: Outcome;
      readonly text: string | null;
      readonly relayed: readonly Granted[];
    }
  | { readonly at: 'record'; readonly verdict: Verdict };

/** What the runner is to do next. */
export type Effect =
  | { readonly kind: 'take' }
  | { readonly kind: 'use-app-password'; readonly name: FoldedName; readonly password: Buffer }
  | { readonly kind: 'find-code-forms'; readonly name: FoldedName }
  /** `password`: in place of what was typed, where more than the password was. */
  | {
      readonly kind: 'check-primary';
      readonly conversation: Conversation | undefined;
      readonly password: Buffer | undefined;
    }
  /** `alone`: no primary is asked. */
  | { readonly kind: 'identify'; readonly names: Pick<IdentifyInput, 'proven' | 'asked'>; readonly alone?: true }
  | {
      readonly kind: 'use-bypass';
      readonly bypassId: string;
      readonly userId: string;
      readonly rule?: string;
    }
  | {
      readonly kind: 'enrol';
      readonly userId: string;
      readonly directory: Contacts | undefined;
      readonly lack: Lack;
      readonly rule: string;
    }
  | { readonly kind: 'recall'; readonly login: AtFactor }
  | { readonly kind: 'put'; readonly login: AtFactor | AtPrimary }
  /** `appended`: the code beside the password, where it is not the whole of what was typed. */
  | {
      readonly kind: 'attempt';
      readonly login: AtFactor;
      readonly appended: Buffer | undefined;
      readonly alone?: true;
    }
  | { readonly kind: 'send'; readonly login: AtFactor; readonly method: SentMethod }
  | { readonly kind: 'approve'; readonly login: AtFactor }
  | {
      readonly kind: 'record';
      readonly verdict: Verdict;
      readonly userId: string | null;
      /** What let in; "acl" if nobody logged in. */
      readonly method: Method | 'acl' | null;
      /** The `[[policy]]` that decided. */
      readonly rule?: string;
    };

/** What came of it. */
export type Event =
  | { readonly kind: 'received' }
  | { readonly kind: 'taken'; readonly taken: Taken }
  | { readonly kind: 'app-password'; readonly outcome: Outcome }
  | { readonly kind: 'code-forms'; readonly forms: UserForms | null }
  | { readonly kind: 'primary'; readonly result: PrimaryResult }
  | { readonly kind: 'identified'; readonly identity: Identity }
  | { readonly kind: 'bypass'; readonly used: boolean }
  | { readonly kind: 'enrolled'; readonly output: SendEnrolmentOutput }
  | { readonly kind: 'recalled'; readonly remembered: boolean }
  | { readonly kind: 'put'; readonly handle: Buffer | undefined }
  | { readonly kind: 'attempted'; readonly output: AttemptOutput }
  /** An outage: nothing that could send it works. */
  | { readonly kind: 'sent'; readonly output: BeginOutput | { readonly kind: 'outage' } }
  | { readonly kind: 'approval'; readonly answer: ApprovalAnswer }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'store-failed' };

export type Step = { readonly state: State; readonly effect: Effect } | { readonly verdict: Verdict };

/** Times that a user may choose or be sent a code in one login: beside what may be sent in all, it ends a login that goes round in circles. */
export const maxTurns = 10;

/** Questions that a primary may ask in one login, at most: EAP-TLS with long certificates takes some twenty (RFC 5216 §2.1.5). */
export const maxRounds = 50;

const none = Buffer.alloc(0);

const stateLength = 2 + handleSize;

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

function onReceived(facts: LoginFacts): Step {
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
      if (facts.appPasswords && facts.password && isAppPassword(facts.password))
        return useAppPassword(facts, facts.userName, facts.password);
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

/** The rule that asks for the code alone, if it holds for certain: what only the primary or the store could tell of others before it is taken for the worst. */
function codeOnly(facts: LoginFacts, name: FoldedName): Policy | undefined {
  if (!facts.policies.some(({ decision }) => decision === 'code-only')) return undefined;
  const policy = firstMatch(facts.policies, policyFacts(facts, [name], undefined, undefined, name.bare));
  return policy?.decision === 'code-only' ? policy : undefined;
}

/** The code of an app or token, or a recovery code; nothing is sent for who has proven nothing. All refusals are alike. */
function onAlone(facts: LoginFacts, { policy, asked }: Extract<State, { at: 'alone' }>, identity: Identity): Step {
  const userId = userOf(identity);
  const refused = recorded(refusal('code-only-wrong'), userId, null, policy.name);
  if (identity.kind !== 'known' || identity.disabled) return refused;
  // By the other names of the user another rule may come first.
  if (policyOf(facts, [asked], undefined, identity) !== policy) return refused;
  const own = identity.methods.filter((method) => method === 'totp' || method === 'hotp' || method === 'recovery');
  if (own.length === 0) return refused;
  const groups = { groups: identity.groups, attributes: new Map<string, readonly Buffer[]>() };
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

function useAppPassword(facts: LoginFacts, userName: Buffer, password: Buffer): Step {
  const name = foldUserName(userName);
  if (!name) return recorded(refusal('app-password-wrong'));
  // What only the primary or the store could tell is taken for the worst.
  const policy = firstMatch(facts.policies, policyFacts(facts, [name], undefined, undefined, name.bare));
  if (policy?.decision === 'deny') return recorded(refusal('denied-by-policy-early'), null, null, policy.name);
  if (!facts.policies.some(({ decision }) => decision === 'deny')) return appPasswordOf(name, password);
  return {
    state: { at: 'app-owner', name, password },
    effect: { kind: 'identify', names: { proven: [], asked: name } },
  };
}

/** By any of the user's names a rule may refuse, whichever was typed. */
function onAppOwner(
  facts: LoginFacts,
  { name, password }: Extract<State, { at: 'app-owner' }>,
  identity: Identity,
): Step {
  if (identity.kind !== 'known') return appPasswordOf(name, password);
  const own = [name, ...identity.names.map(foldUserName).filter((one) => one !== undefined)];
  const policy = firstMatch(facts.policies, policyFacts(facts, own, undefined, undefined, identity.userId));
  if (policy?.decision !== 'deny') return appPasswordOf(name, password);
  return recorded(refusal('denied-by-policy-early'), identity.userId, null, policy.name);
}

function appPasswordOf(name: FoldedName, password: Buffer): Step {
  return { state: { at: 'app-password' }, effect: { kind: 'use-app-password', name, password } };
}

/** Its own transaction has told the audit. */
function onAppPassword(outcome: Outcome): Step {
  if (outcomes[outcome].verdict === 'accept') return { verdict: { kind: 'accept', outcome, granted: [] } };
  return { verdict: refusal(outcome) };
}

/** Parts the password from what stands beside it, so that the primary is asked once. */
function onForms(facts: LoginFacts, forms: UserForms | null): Step {
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

function onTaken(facts: LoginFacts, taken: Taken): Step {
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
function onOwner(facts: LoginFacts, stored: Identity): Step {
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

function onPrimary(facts: LoginFacts, asked: Asked, result: PrimaryResult): Step {
  switch (result.kind) {
    case 'unreachable':
      return recorded({ kind: 'silence', outcome: result.asked ? 'upstream-unreachable' : 'upstream-unasked' });
    case 'unsupported':
      return recorded(refusal('credential-unsupported'));
    case 'challenge': {
      const { conversation, relayed } = result;
      if (conversation.rounds > maxRounds) return recorded(refusal('upstream-rounds'));
      if (!fitsChallenge(facts, relayed)) return recorded(refusal('reply-too-long'));
      return ask('upstream-asked', null, { stage: 'primary', conversation }, relayed);
    }
    case 'bad':
      if (!result.relayed) return recorded(refusal(result.reason));
      return recorded({ kind: 'reject', outcome: 'upstream-rejected', relayed: result.relayed, text: null });
    case 'ok':
      if (facts.aclDownload) return onDownloaded(facts, result.granted);
      return onProven(facts, asked, result.granted, result.person);
  }
}

/** Of what the primary granted only lines of an ACL go on: an Accept that could be taken for a login's is none. */
function onDownloaded(facts: LoginFacts, granted: readonly Granted[]): Step {
  const lines = aclLines(granted);
  if (lines.length === 0) return recorded(refusal('acl-missing'));
  if (!fitsAccept(facts, lines)) return recorded(refusal('reply-too-long'));
  return recorded({ kind: 'accept', outcome: 'acl-downloaded', granted: lines }, null, 'acl');
}

/** The primary's own name for the person decides; the name in the request only where the primary has proven it and says no other. */
function onProven(
  facts: LoginFacts,
  { settled, tail }: Asked,
  granted: readonly Granted[],
  { names, askedNameProven, groups, attributes, phone, email }: Person,
): Step {
  const directory = phone === null && email === null ? undefined : { phones: [phone], emails: [email] };
  if (names.length === 0 && !askedNameProven) return recorded(refusal('name-unproven'));
  const proven = names.map(foldUserName);
  const asked = askedNameProven ? foldUserName(facts.userName ?? '') : undefined;
  if (proven.includes(undefined) || (askedNameProven && !asked))
    return onIdentified(
      facts,
      { granted, directory, groups, attributes, names: [], tail },
      { kind: 'invalid' },
      settled,
    );
  const own = proven.filter((name): name is FoldedName => name !== undefined);
  const known = own.length === 0 && asked ? [asked] : own;
  return {
    state: { at: 'identity', granted, settled, directory, groups, attributes, names: known, tail },
    effect: {
      kind: 'identify',
      names: { proven: own, asked },
    },
  };
}

function onIdentified(
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
function enrolmentVerdict(output: SendEnrolmentOutput, { text: own, lack }: Extract<State, { at: 'enrol' }>): Verdict {
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

/** Its own transaction has told the audit. */
function onRecalled(facts: LoginFacts, login: AtFactor, way: Way, remembered: boolean): Step {
  if (!remembered) return askBy(facts, login, way);
  return { verdict: { kind: 'accept', outcome: 'remembered', granted: login.granted } };
}

/** Whether a prompt can follow. */
function canAsk({ credential, challenge }: LoginFacts): boolean {
  return credential === 'prompt' && challenge;
}

/** Where no prompt can follow, who typed a password alone can approve; what else there is must be typed with the password. */
function withoutPrompt(available: readonly Way[]): Way {
  return available.includes('approval') ? 'approval' : 'app';
}

/** A code beside the password is one whatever else could be asked; a word asks by its way. */
function onTail(facts: LoginFacts, login: AtFactor, tail: Tail): Step {
  if (tail.kind === 'code')
    return { state: { at: 'attempt', login }, effect: { kind: 'attempt', login, appended: tail.octets } };
  const { asking, userId } = login;
  if (asking.available.includes(tail.way)) return askBy(facts, login, tail.way);
  if (!canAsk(facts)) return recorded(refusal('choice-unavailable-last'), userId);
  const { unavailable } = textsIn(facts.prompts, asking.language).prompt;
  return ask('choice-unavailable', promptOf(facts.prompts, asking, { text: unavailable }), login);
}

/** Reply-Messages are left out where they don't fit. */
function fitsAccept({ room }: LoginFacts, granted: readonly Granted[]): boolean {
  return lengthOnHop(granted.filter((each) => each.kind !== 'plain' || each.type !== Type.replyMessage)) <= room;
}

/** Beside State; a question of ours fits every request that is taken up. */
function fitsChallenge({ room }: LoginFacts, relayed: readonly Granted[]): boolean {
  return lengthOnHop(relayed) + stateLength <= room;
}

/** It serves once: who comes second is judged as if there were none. */
function onBypass(facts: LoginFacts, at: Extract<State, { at: 'bypass' }>, used: boolean): Step {
  const { identity } = at;
  if (used) return { verdict: { kind: 'accept', outcome: 'bypass-used', granted: at.accepted } };
  const without = identity.kind === 'known' ? { ...identity, bypassId: null } : identity;
  return onIdentified(facts, at, without, undefined);
}

/** A word for another way, or for another code; else a code. */
function onAnswer(facts: LoginFacts, login: AtFactor): Step {
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

function askBy(facts: LoginFacts, login: AtFactor, way: Way): Step {
  const asking: Asking = { ...login.asking, way, target: null, number: null };
  const next: AtFactor = { ...login, asking };
  if (way === 'app' && !canAsk(facts)) return recorded(codeMissing(facts), login.userId);
  if (way === 'app') return ask('code-asked', promptOf(facts.prompts, asking, undefined), next);
  if (way === 'approval') return { state: { at: 'approval', login: next }, effect: { kind: 'approve', login: next } };
  return { state: { at: 'send', login: next }, effect: { kind: 'send', login: next, method: way } };
}

/** As with all that opens, only for whom the rule holds for certain; and never for whom only the client has authenticated. */
function opensOnOutage(
  facts: LoginFacts,
  policy: Policy | undefined,
  names: readonly FoldedName[],
  groups: readonly string[],
  identity: Identity,
): boolean {
  if (!policy?.opensOnOutage || facts.credential === 'vouched') return false;
  return judge(policy, identifiedFacts(facts, names, groups, identity), true).matches;
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

/** What an outage opens it opens as a login begins: never after the user or radgate stood against it, nor later on, when nobody has looked who he is by then. */
function closedToOutage({ opensOnOutage: _opens, ...login }: AtFactor): AtFactor {
  return login;
}

/** A code that could not be sent leaves the other ways open. */
function onSent(facts: LoginFacts, login: AtFactor, output: Extract<Event, { kind: 'sent' }>['output']): Step {
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
function onApproval(facts: LoginFacts, login: AtFactor, answer: ApprovalAnswer): Step {
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
function onAttemptedAlone(login: AtFactor, { outcome }: AttemptOutput): Step {
  if (outcome === 'code-only-right') return { verdict: { kind: 'accept', outcome, granted: login.granted } };
  return { verdict: refusal(outcome === 'code-only-locked' ? outcome : 'code-only-wrong') };
}

function onAttempted(facts: LoginFacts, login: AtFactor, { outcome }: AttemptOutput): Step {
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

function ask(
  outcome: Outcome,
  text: string | null,
  login: AtFactor | AtPrimary,
  relayed: readonly Granted[] = [],
): Step {
  const waiting = login.stage === 'factor' ? closedToOutage(login) : login;
  return { state: { at: 'put', outcome, text, relayed }, effect: { kind: 'put', login: waiting } };
}

/** A verdict leaves once the audit has its row. */
function recorded(
  verdict: Verdict,
  userId: string | null = null,
  method: Method | 'acl' | null = null,
  rule?: string,
): Step {
  const effect = { kind: 'record', verdict, userId, method, ...(rule === undefined ? {} : { rule }) } as const;
  return { state: { at: 'record', verdict }, effect };
}

/** @param text in place of the usual one */
function refusal(outcome: Outcome, text: string | null = outcomes[outcome].user): Verdict {
  return { kind: 'reject', outcome, relayed: [], text };
}

/** Refusals that a rule may have its own words for. */
const ownText = new Set<Outcome>(['denied-by-policy', 'not-enrolled', 'method-missing']);

/** What a rule says to whom it lets in without a factor. */
function told(policy: Policy | undefined): Granted[] {
  return textAttributes(Type.replyMessage, policy?.text ?? '').map((each) => ({ kind: 'plain', ...each }));
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

/** Those of the store beside the primary's. */
function groupsOf(identity: Identity, groups: readonly string[]): readonly string[] {
  return identity.kind === 'known' ? [...identity.groups, ...groups] : groups;
}

function policyOf(...about: Parameters<typeof identifiedFacts>): Policy | undefined {
  const [{ policies }] = about;
  return policies.length === 0 ? undefined : firstMatch(policies, identifiedFacts(...about));
}

/** @param names that are proven; of who is known to radgate those in the store count */
function identifiedFacts(
  facts: LoginFacts,
  names: readonly FoldedName[],
  groups: readonly string[] | undefined,
  identity: Identity,
): PolicyFacts {
  if (identity.kind !== 'known') return policyFacts(facts, names, groups, [], names[0]?.bare ?? '');
  const own = identity.names.map(foldUserName).filter((name) => name !== undefined);
  return policyFacts(facts, own, groups, identity.methods, identity.userId);
}

function policyFacts(
  { about, credential, now }: LoginFacts,
  names: readonly FoldedName[],
  groups: readonly string[] | undefined,
  known: readonly Method[] | undefined,
  user: string,
): PolicyFacts {
  return { ...about, names, groups, methods: known, vouched: credential === 'vouched', share: shareOf(user), now };
}

/** To who typed a password alone, at a client that can't ask for more. */
function codeMissing({ append }: LoginFacts): Verdict {
  if (!append) return refusal('code-needs-challenge');
  const text = `Log in again with your password and your code together: ${exampleOf(append)}`;
  return { kind: 'reject', outcome: 'code-missing', relayed: [], text };
}

/** To who asked for a code, at a client that can't ask for it: it is typed in the next login. */
function codeApart({ append }: LoginFacts, target: string): Verdict {
  const how = append ? `: ${exampleOf(append)}` : '';
  const text = `A code is on its way to ${target}. Log in again with your password and the code together${how}`;
  return { kind: 'reject', outcome: 'code-sent-apart', relayed: [], text };
}

function silence(outcome: Outcome): Step {
  return { verdict: { kind: 'silence', outcome } };
}

/** What the primary was asked with. */
interface Asked {
  readonly settled: Settled | undefined;
  readonly tail: Tail | undefined;
}

/** What the primary has shown. */
interface Proven {
  readonly tail: Tail | undefined;
  readonly granted: readonly Granted[];
  readonly directory: Contacts | undefined;
  /** As the primary says. */
  readonly groups: readonly string[];
  readonly attributes: Person['attributes'];
  /** Those that are proven. */
  readonly names: readonly FoldedName[];
}

/** With the ways that messages reach the user by. */
function reached({ sending, approval }: LoginFacts, identity: Identity, directory: Contacts | undefined): Identity {
  if (identity.kind !== 'known' || (sending.methods.length === 0 && !approval)) return identity;
  const store: Contacts = { phones: [identity.phone], emails: [identity.email] };
  const reaches = (carriers: readonly SentMethod[]): SentMethod[] =>
    reachableBy(carriers, { store, directory }, sending.order, sending.rules);
  const sent = new Set<Method>(reaches(sending.methods));
  const isReached = approval?.channels.some((channel) => channel === 'notify' || reaches([channel]).length > 0);
  if (approval && (identity.hasDevice || isReached)) sent.add('approval');
  return { ...identity, methods: methods.filter((method) => sent.has(method) || identity.methods.includes(method)) };
}

function groupWay({ groupWays }: LoginFacts, groups: readonly string[]): Way | null {
  const own = new Set(groups.map(foldGroup));
  return groupWays.find(({ name }) => own.has(foldGroup(name)))?.way ?? null;
}

/** Codes of an app and a token are typed at one prompt; each other way has its own. A recovery code is taken at any of them, and is no way by itself. */
function waysOf(own: readonly Method[]): Way[] {
  const has = (way: Way): boolean => (way === 'app' ? own.includes('totp') || own.includes('hotp') : own.includes(way));
  const found = ways.filter(has);
  return found.length > 0 ? found : ['app'];
}

function userOf(identity: Identity): string | null {
  return identity.kind === 'known' ? identity.userId : null;
}
