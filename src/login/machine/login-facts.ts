import type { AppendRules } from '../../policy/append.ts';
import type { NoticeCarrier } from '../../policy/carrier.ts';
import type { Way } from '../../policy/choice.ts';
import { type FactorRule } from '../../policy/decide.ts';
import type { NameRealms } from '../../policy/name-realms.ts';
import type { FoldedGroup } from '../../policy/fold-group.ts';
import type { Policy, PolicyFacts } from '../../policy/policy.ts';
import type { SendingRules } from '../../policy/sending.ts';
import type { SentMethod } from '../../policy/sent-method.ts';
import type { Prompts } from '../prompts.ts';

/** What is fixed about a request while it is worked on. */
export interface LoginFacts {
  readonly userName: Buffer | undefined;
  /** By which names are told apart at the client; undefined where there are none. */
  readonly realms: NameRealms | undefined;
  /** The suffix of the one that the login is in; undefined for none. */
  readonly realm: string | undefined;
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
  readonly about: () => Pick<
    PolicyFacts,
    'client' | 'primary' | 'address' | 'trustsAddress' | 'protocol' | 'attributes'
  >;
  /** Answers that one login may give. */
  readonly attempts: number;
  /** Octets that attributes may take in the reply to this request. */
  readonly room: number;
  readonly prompts: Prompts;
  readonly sending: SendingFacts;
  /** Undefined if none is asked. */
  readonly approval: ApprovalFacts | undefined;
  /** By what the members of a group are asked first; the first that fits counts. */
  readonly groupWays: readonly { readonly group: FoldedGroup; readonly way: Way }[];
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
  /** Whether there is a directory: it may know more of a user's groups, numbers and addresses than the store. */
  readonly hasDirectory: boolean;
  /** Whether the client can show a challenge. */
  readonly challenge: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** How users can be asked to approve. */
interface ApprovalFacts {
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
