import { showApprovalState } from '../approval/approval-state.ts';
import type { AuditedRequest } from '../audit/audit.ts';
import { codeRandom, newCode } from '../factor/new-code.ts';
import { beginSentCode, challengeOf, laterLoginAt, type BeginOutput } from '../factor/sent-code.ts';
import { goesOn } from '../policy/goes-on.ts';
import { randomOctets } from '../random.ts';
import { bootId } from '../store/host-time.ts';
import type { Journey } from './journey.ts';
import type { Effect } from './machine/state.ts';
import type { RunnerOptions } from './runner-options.ts';
import { sendEnrolment, type SendEnrolmentOutput } from './send-enrolment.ts';
import { enrolmentTrouble, noneWorks, targetTrouble } from './trouble.ts';

/** What is sent to the user in a login: codes, and links to register by. */
export class Sender {
  readonly #options: RunnerOptions;
  readonly #boot = bootId();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Queues a code, once for each turn of a login: the same again, after a conflict in the store, sends nothing. */
  async code(
    { login, method }: Extract<Effect, { kind: 'send' }>,
    journey: Journey,
  ): Promise<BeginOutput | { readonly kind: 'outage' }> {
    const { store, clock, sending, prompts } = this.#options;
    const { nas, loginId } = journey;
    if (sending.isDown(method)) {
      // Who has reported a login is let in by no outage.
      const { blockedUntil } = await store.run(showApprovalState, login.userId);
      if (goesOn(blockedUntil, sending.rules.block, clock.wall())) {
        journey.trouble = targetTrouble.blocked;
        return { kind: 'no-target', why: 'blocked', language: login.asking.language };
      }
      journey.trouble = noneWorks;
      return { kind: 'outage' };
    }
    journey.factor = method;
    const output = await store.run(beginSentCode, {
      userId: login.userId,
      method,
      challengeId: nas.challenge
        ? challengeOf(loginId, login.asking.turns)
        : challengeOf(laterLoginAt(nas.name), loginId),
      outboxId: randomOctets(16).toString('hex'),
      code: newCode(randomOctets(codeRandom), sending.digits),
      lifetime: sending.lifetime,
      now: clock.wall(),
      time: { boot: this.#boot, now: Math.floor(clock.monotonic()) },
      client: nas.name,
      application: nas.application,
      rules: sending.rules,
      texts: Object.fromEntries(Object.entries(prompts.texts).map(([language, { message }]) => [language, message])),
      language: prompts.language,
      directory: login.asking.directory,
      order: sending.order,
    });
    if (output.kind === 'queued') sending.onQueued();
    if (output.kind === 'limited') journey.trouble = `the limit of this ${output.which} is reached`;
    if (output.kind === 'no-target') journey.trouble = targetTrouble[output.why];
    return output;
  }

  /** Mails a link, or tells the audit that there is none to send. */
  async link(
    { userId, directory, lack }: Extract<Effect, { kind: 'enrol' }>,
    journey: Journey,
    audit: AuditedRequest,
  ): Promise<SendEnrolmentOutput> {
    const { store, clock, sending, prompts, enrolment } = this.#options;
    if (!enrolment) throw new Error('a link was to be sent, and none can be');
    const output = await store.run(sendEnrolment, {
      ...enrolment,
      userId,
      lack,
      token: randomOctets(16),
      outboxId: randomOctets(16).toString('hex'),
      now: clock.wall(),
      time: { boot: this.#boot, now: Math.floor(clock.monotonic()) },
      rules: sending.rules,
      texts: Object.fromEntries(Object.entries(prompts.texts).map(([language, { notice }]) => [language, notice])),
      language: prompts.language,
      directory,
      order: sending.order,
      audit,
    });
    if (output.kind === 'sent') sending.onQueued();
    if (output.kind === 'refused') journey.trouble = enrolmentTrouble[output.why];
    return output;
  }
}
