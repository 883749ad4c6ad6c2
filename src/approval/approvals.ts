import type { Clock } from '../clock.ts';
import type { NoticeCarrier } from '../policy/carrier.ts';
import { randomOctets } from '../random.ts';
import { bootId } from '../store/host-time.ts';
import type { Store } from '../store/store.ts';
import { approvalRandom, type Status } from './approval.ts';
import type { ApprovalWaits } from './approval-waits.ts';
import { beginApproval, type ApprovalRefusal, type BeginApprovalInput } from './begin-approval.ts';
import { callEndOf, type CallEnd } from './call.ts';
import { closeApproval } from './close-approval.ts';
import { numbersRandom, threeNumbers } from './numbers.ts';

/** Whom to ask, about which login. */
export interface ApprovalQuestion extends Pick<
  BeginApprovalInput,
  'userId' | 'loginId' | 'device' | 'application' | 'directory' | 'audit'
> {
  /** When the NAS gives up, on the monotonic clock, in milliseconds. */
  readonly deadline: number;
  /** Whether the device can go on with a prompt. */
  readonly canPrompt: boolean;
}

/** What came of asking. */
export type ApprovalAnswer =
  | { readonly kind: 'approved' | 'declined' | 'fraud' | 'unanswered' }
  /** The prompt goes on: the page shows a code after the number that the prompt shows was picked there. */
  | { readonly kind: 'typed'; readonly target: string | null; readonly number: number; readonly waited: boolean }
  /** `outage`: nothing that could bring a notice works. */
  | { readonly kind: 'refused'; readonly why: ApprovalRefusal | 'outage' }
  /** The user was called and did not answer. */
  | { readonly kind: 'missed'; readonly end: CallEnd }
  | { readonly kind: 'stopped' };

export interface ApprovalsOptions extends Pick<
  BeginApprovalInput,
  'window' | 'limit' | 'channels' | 'push' | 'answers' | 'url' | 'rules' | 'order' | 'texts' | 'language'
> {
  readonly store: Store;
  readonly clock: Clock;
  readonly waits: ApprovalWaits;
  /** How long a prompt waits for its answer, in milliseconds. */
  readonly challengeTimeout: number;
  /** Whether nothing that sends by it works now. */
  readonly isDown: (channel: NoticeCarrier) => boolean;
  /** Told once a message is in the outbox. */
  readonly onQueued: () => void;
}

/** A reply must reach the NAS before it gives up. In milliseconds. */
const margin = 750;
/** Less than this is no time to take out a phone: a prompt goes on at once. In milliseconds. */
const leastWait = 5_000;

/** Asks users to approve logins and waits for what they say, as long as the NAS waits. */
export class Approvals {
  readonly #options: ApprovalsOptions;
  readonly #boot = bootId();

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /** What a notice may go by. */
  get channels(): readonly NoticeCarrier[] {
    return this.#options.channels;
  }

  /** @throws StoreError */
  async ask(question: ApprovalQuestion): Promise<ApprovalAnswer> {
    const {
      store,
      clock,
      waits,
      window,
      limit,
      channels,
      push,
      answers,
      url,
      rules,
      order,
      texts,
      language,
      challengeTimeout,
    } = this.#options;
    const { deadline, canPrompt, ...about } = question;
    const left = deadline - margin - clock.monotonic();
    const atOnce = canPrompt && left < leastWait ? threeNumbers(randomOctets(numbersRandom)) : undefined;
    const now = clock.wall();
    // What does not work leaves the next one; a phone that was set up finds what waits by itself.
    const working = channels.filter((channel) => !this.#options.isDown(channel));
    const begun = await store.run(beginApproval, {
      ...about,
      random: approvalRandom(),
      now,
      until: now + Math.max(0, Math.floor(atOnce ? challengeTimeout : left)),
      typed: atOnce,
      window,
      limit,
      channels: working,
      push,
      answers,
      url,
      rules,
      order,
      texts,
      language,
      time: { boot: this.#boot, now: Math.floor(clock.monotonic()) },
    });
    if (begun.kind === 'refused') {
      const isOutage = begun.why === 'no-target' && working.length < channels.length;
      return isOutage ? { kind: 'refused', why: 'outage' } : begun;
    }
    const { id, joined, target, isCall } = begun;
    if (!joined) this.#options.onQueued();
    if (begun.status === 'open' && atOnce && !joined)
      return { kind: 'typed', target, number: atOnce.number, waited: false };

    const status = begun.status === 'open' ? await waits.wait(id, deadline - margin - clock.monotonic()) : begun.status;
    if (status === 'closed') return this.#onClosed(id);
    if (status !== 'open') return answerOf(status);
    return this.#onTimeout(id, target, isCall, question);
  }

  async #onTimeout(
    id: string,
    target: string | null,
    isCall: boolean,
    { userId, loginId, canPrompt }: ApprovalQuestion,
  ): Promise<ApprovalAnswer> {
    const { store, clock, challengeTimeout } = this.#options;
    const now = clock.wall();
    const numbers = threeNumbers(randomOctets(numbersRandom));
    // Who is called has no page to pick a number on.
    const goesOn = canPrompt && !isCall ? { loginId, ...numbers, until: now + challengeTimeout } : undefined;
    const { status, number } = await store.run(closeApproval, { id, userId, now, goesOn });
    if (number !== null) return { kind: 'typed', target, number, waited: true };
    if (isCall && (status === 'open' || status === 'closed')) return { kind: 'missed', end: 'no-answer' };
    return status === 'open' || status === 'closed' ? { kind: 'unanswered' } : answerOf(status);
  }

  /** Ended without an answer: by a call, or because another took its place. */
  async #onClosed(id: string): Promise<ApprovalAnswer> {
    const end = await this.#options.store.run(callEndOf, id);
    return end === null ? { kind: 'unanswered' } : { kind: 'missed', end };
  }
}

function answerOf(status: Exclude<Status, 'open' | 'closed'> | 'stopped'): ApprovalAnswer {
  return { kind: status };
}
