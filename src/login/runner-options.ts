import type { Approvals } from '../approval/approvals.ts';
import type { Clock } from '../clock.ts';
import type { Windows } from '../factor/factor.ts';
import type { Traffic } from '../figures/traffic.ts';
import type { Logger } from '../observe/logger.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import type { Policy } from '../policy/policy.ts';
import type { SendingRules } from '../policy/sending.ts';
import type { SentMethod } from '../policy/sent-method.ts';
import type { Primary } from '../primary/primary.ts';
import type { Realm } from '../primary/realms.ts';
import type { Store } from '../store/store.ts';
import type { LoginFacts, SendingFacts } from './machine/login-facts.ts';
import type { Prompts } from './prompts.ts';
import type { WaitingLogins } from './waiting.ts';

export interface RunnerOptions {
  readonly store: Store;
  readonly waiting: WaitingLogins;
  /** By the name that clients and realms call it. */
  readonly primaryNamed: (name: string) => Primary;
  readonly realms: readonly Realm[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traffic: Traffic;
  readonly attempts: number;
  readonly lockout: LockoutRules;
  readonly windows: Windows;
  /** The format is each client's own. */
  readonly prompts: Omit<Prompts, 'format'>;
  readonly sending: Sending;
  readonly groupWays: LoginFacts['groupWays'];
  readonly policies: readonly Policy[];
  readonly hasDirectory: LoginFacts['hasDirectory'];
  /** As loadProxyMark gives it. */
  readonly mark: Buffer;
  /** Undefined if none are asked. */
  readonly approvals: Approvals | undefined;
  /** Undefined if there is no page, or no mail. */
  readonly enrolment: EnrolmentLinks | undefined;
}

/** How users get links to register a second factor: as of SendEnrolmentInput. */
export interface EnrolmentLinks {
  readonly url: string;
  readonly issuer: string;
  readonly phones: boolean;
}

/** How codes are sent. */
export interface Sending extends SendingFacts {
  readonly rules: SendingRules;
  /** How long a code is good, in milliseconds. */
  readonly lifetime: number;
  /** Whether nothing that sends by it works now. */
  readonly isDown: (method: SentMethod) => boolean;
  /** Told once a message is in the outbox. */
  readonly onQueued: () => void;
}
