import type { AuditRow } from '../audit/audit.ts';
import { record } from '../audit/record.ts';
import type { Primary } from '../primary/primary.ts';
import { carriesMark } from '../primary/proxy-mark.ts';
import { primaryFor } from '../primary/realm-primary.ts';
import { randomOctets } from '../random.ts';
import { Effects } from './effects.ts';
import { loginFacts, type LoginRules } from './facts.ts';
import { askedIn, type Incoming, type Journey } from './journey.ts';
import { logLogin } from './log-login.ts';
import { step } from './machine.ts';
import type { LoginFacts } from './machine/login-facts.ts';
import type { Event, State } from './machine/state.ts';
import { outcomes } from './outcome.ts';
import type { RunnerOptions } from './runner-options.ts';
import type { Verdict } from './verdict.ts';
import type { WaitingLogin } from './waiting.ts';

const none = Buffer.alloc(0);
/** What the next copy of an answer gets that was counted, and whose login could not go on. */
const expired: Verdict = {
  kind: 'reject',
  outcome: 'state-unknown',
  relayed: [],
  text: outcomes['state-unknown'].user,
};

/** Walks a request through the machine: has each effect performed and feeds back what came of it. It never throws. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #effects: Effects;
  readonly #rules: LoginRules;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#effects = new Effects(options);
    this.#rules = { ...options, channels: options.approvals?.channels };
  }

  async run(incoming: Incoming): Promise<Verdict> {
    const { nas, request } = incoming;
    const { realms, primaryNamed } = this.#options;
    const primary = primaryFor(realms, nas, request.userName ?? none, primaryNamed);
    const facts = this.#facts(incoming, primary);
    const asked = askedIn(incoming, primary);
    const journey: Journey = {
      nas,
      address: incoming.address,
      request,
      authentic: incoming.authentic,
      received: incoming.received,
      server: incoming.server,
      traced: incoming.traced,
      primary,
      realms: facts.realms,
      asked,
      loginId: randomOctets(8).toString('hex'),
      alone: false,
      took: false,
      firstDevice: asked.device ?? null,
      counted: false,
      trouble: undefined,
      rule: null,
      factor: 'none',
      spent: { primary: 0, store: 0, approval: 0 },
    };
    const handle = request.state;
    if (!handle) incoming.traced?.begins(journey.loginId);
    try {
      const verdict = await this.#walk(facts, journey);
      if (handle && journey.took) await this.#conclude(handle, verdict, journey.counted);
      this.#count(journey, verdict);
      logLogin(this.#options.logger, journey, verdict, this.#options.clock.monotonic() - journey.received);
      return verdict;
    } catch (error) {
      this.#options.logger.error({ login: journey.loginId, err: error }, outcomes['internal-error'].log);
      const verdict: Verdict = { kind: 'silence', outcome: 'internal-error' };
      if (handle && journey.took) await this.#conclude(handle, verdict, journey.counted);
      this.#count(journey, verdict);
      return verdict;
    }
  }

  /** Tells of a challenge that nobody answered. */
  abandoned(login: WaitingLogin): void {
    const { logger, store, clock, traffic } = this.#options;
    const { loginId, asked } = login;
    traffic.abandoned(asked.client);
    logger.info(
      { login: loginId, user: asked.userName, client: asked.client },
      'login abandoned: nobody answered the challenge',
    );
    const row: AuditRow = {
      ...asked,
      at: clock.wall(),
      loginId,
      userId: login.stage === 'factor' ? login.userId : null,
      method: null,
      result: 'silence',
      reason: 'challenge-unanswered',
      latency: 0,
    };
    store
      .run(record, row)
      .catch((error: unknown) => logger.error({ login: loginId, err: error }, 'audit row not written'));
  }

  async #walk(facts: LoginFacts, journey: Journey): Promise<Verdict> {
    let state: State = { at: 'start' };
    let event: Event = { kind: 'received' };
    for (;;) {
      const next = step(facts, state, event);
      if ('verdict' in next) return next.verdict;
      state = next.state;
      event = await this.#effects.perform(next.effect, journey);
    }
  }

  /** What was taken is told its verdict, or put back if its answer could not be checked. */
  async #conclude(handle: Buffer, verdict: Verdict, counted: boolean): Promise<void> {
    const { waiting, logger } = this.#options;
    try {
      if (verdict.kind !== 'silence') await waiting.settle(handle, verdict);
      else if (counted) await waiting.settle(handle, expired);
      else await waiting.release(handle);
    } catch (error) {
      logger.warn({ err: error }, 'a verdict could not be kept for a retransmission by another way');
    }
  }

  #facts(incoming: Incoming, { name }: Primary): LoginFacts {
    const { clock, mark } = this.#options;
    return loginFacts(this.#rules, incoming, name, carriesMark(incoming.request.packet, mark), clock.wall());
  }

  #count(journey: Journey, { kind, outcome }: Verdict): void {
    const { nas, factor, spent, received } = journey;
    const { traffic, clock } = this.#options;
    journey.traced?.ends(journey);
    const took = clock.monotonic() - received;
    traffic.ended({ client: nas.name, factor, result: kind, reason: outcome, spent, took });
  }
}
