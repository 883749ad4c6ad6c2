import type { ApprovalAnswer } from '../../approval/approvals.ts';
import type { UserForms } from '../../factor/code-forms.ts';
import type { BeginOutput } from '../../factor/sent-code.ts';
import type { Contacts } from '../../factor/sent-target.ts';
import type { Granted } from '../../packet/granted.ts';
import type { Tail } from '../../policy/append.ts';
import type { Way } from '../../policy/choice.ts';
import type { Identity, Method } from '../../policy/decide.ts';
import type { Policy } from '../../policy/policy.ts';
import type { SentMethod } from '../../policy/sent-method.ts';
import type { FoldedName } from '../../policy/user-name.ts';
import type { Conversation, Person, PrimaryResult } from '../../primary/primary.ts';
import type { IdentifyInput } from '../../store/identify.ts';
import type { AttemptOutput } from '../attempt.ts';
import type { Outcome } from '../outcome.ts';
import type { Lack, SendEnrolmentOutput } from '../send-enrolment.ts';
import type { Verdict } from '../verdict.ts';
import type { AtFactor, AtPrimary, Taken } from '../waiting.ts';

/** A password was changed for a user who needs no second factor: what was decided before, and of whom. */
export interface Settled {
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

/** What the primary was asked with. */
export interface Asked {
  readonly settled: Settled | undefined;
  readonly tail: Tail | undefined;
}

/** What the primary has shown. */
export interface Proven {
  readonly tail: Tail | undefined;
  readonly granted: readonly Granted[];
  readonly directory: Contacts | undefined;
  /** As the primary says. */
  readonly groups: readonly string[];
  readonly attributes: Person['attributes'];
  /** Those that are proven. */
  readonly names: readonly FoldedName[];
}
