import { showApprovalState } from '../approval/approval-state.ts';
import type { ApprovalAnswer, Approvals } from '../approval/approvals.ts';
import { rowOf, type AuditedRequest, type AuditRow, type Spent } from '../audit/audit.ts';
import { record } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import { findCodeForms } from '../factor/code-forms.ts';
import type { Windows } from '../factor/factor.ts';
import { codeRandom, newCode } from '../factor/new-code.ts';
import { beginSentCode, challengeOf, laterLoginAt, type BeginOutput } from '../factor/sent-code.ts';
import type { Traffic } from '../figures/traffic.ts';
import { deviceOf } from '../nas/device-of.ts';
import type { Nas } from '../nas/nas.ts';
import type { Logger } from '../observe/logger.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import type { Policy } from '../policy/policy.ts';
import type { SendingRules } from '../policy/sending.ts';
import type { SentMethod } from '../policy/sent-method.ts';
import type { Primary } from '../primary/primary.ts';
import { carriesMark } from '../primary/proxy-mark.ts';
import { randomOctets } from '../random.ts';
import { bootId } from '../store/host-time.ts';
import { identify } from '../store/identify.ts';
import { StoreError, type Store } from '../store/store.ts';
import { attempt } from './attempt.ts';
import { loginFacts, type LoginRules } from './facts.ts';
import { askedIn, bindingOf, passwordOf, proofOf, type Incoming, type Journey } from './journey.ts';
import { logLogin } from './log-login.ts';
import { step } from './machine.ts';
import type { LoginFacts, SendingFacts } from './machine/login-facts.ts';
import type { Effect, Event, State } from './machine/state.ts';
import { outcomes } from './outcome.ts';
import type { Prompts } from './prompts.ts';
import { forgetLogins, recallLogin, rememberLogin, type Remembered } from './remember.ts';
import { sendEnrolment, type SendEnrolmentOutput } from './send-enrolment.ts';
import { approvalTrouble, enrolmentTrouble, noneWorks, targetTrouble } from './trouble.ts';
import { useAppPassword } from './use-app-password.ts';
import { useBypass } from './use-bypass.ts';
import type { Verdict } from './verdict.ts';
import type { AtFactor, WaitingLogin, WaitingLogins } from './waiting.ts';

export interface RunnerOptions {
  readonly store: Store;
  readonly waiting: WaitingLogins;
  /** Which primary checks the credential of such a user at such a client. */
  readonly primaryOf: (nas: Nas, userName: Buffer) => Primary;
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

const none = Buffer.alloc(0);
/** What the next copy of an answer gets that was counted, and whose login could not go on. */
const expired: Verdict = {
  kind: 'reject',
  outcome: 'state-unknown',
  relayed: [],
  text: outcomes['state-unknown'].user,
};

/** Walks a request through the machine: performs each effect and feeds back what came of it. It never throws. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #boot = bootId();
  readonly #rules: LoginRules;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#rules = { ...options, channels: options.approvals?.channels };
  }

  async run(incoming: Incoming): Promise<Verdict> {
    const primary = this.#options.primaryOf(incoming.nas, incoming.request.userName ?? none);
    const journey: Journey = {
      nas: incoming.nas,
      address: incoming.address,
      request: incoming.request,
      authentic: incoming.authentic,
      received: incoming.received,
      server: incoming.server,
      traced: incoming.traced,
      primary,
      asked: askedIn(incoming, primary),
      loginId: randomOctets(8).toString('hex'),
      alone: false,
      took: false,
      firstDevice: null,
      counted: false,
      trouble: undefined,
      rule: null,
      factor: 'none',
      spent: { primary: 0, store: 0, approval: 0 },
    };
    const facts = this.#facts(incoming);
    const handle = incoming.request.state;
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
      event = await this.#perform(next.effect, journey);
    }
  }

  async #perform(effect: Effect, journey: Journey): Promise<Event> {
    const { clock } = this.#options;
    const start = clock.monotonic();
    try {
      const event = await this.#dispatch(effect, journey);
      journey.spent[whereSpent[effect.kind] ?? 'store'] += clock.monotonic() - start;
      return event;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const { logger } = this.#options;
      logger.error({ login: journey.loginId, why: error.message }, 'the store could not commit');
      logger.debug({ login: journey.loginId, err: error }, 'where the store could not commit');
      return { kind: 'store-failed' };
    }
  }

  async #dispatch(effect: Effect, journey: Journey): Promise<Event> {
    const { store, waiting, lockout, clock, groupWays, policies } = this.#options;
    const { request } = journey;
    journey.rule = ruleOf(effect) ?? journey.rule;
    switch (effect.kind) {
      case 'recall': {
        const about = this.#rememberedOf(journey, effect.login.userId);
        const audit = this.#auditOf(journey);
        return {
          kind: 'recalled',
          remembered: about !== undefined && (await store.run(recallLogin, { ...about, lockout, audit })),
        };
      }
      case 'enrol':
        return { kind: 'enrolled', output: await this.#enrol(effect, journey) };
      case 'use-app-password': {
        const { name, password } = effect;
        journey.factor = 'app-password';
        const input = { name, password, lockout, now: clock.wall(), audit: this.#auditOf(journey) };
        const used = await store.run(useAppPassword, input);
        if (used.name !== null) journey.trouble = `"${used.name}"`;
        return { kind: 'app-password', outcome: used.outcome };
      }
      case 'find-code-forms':
        return {
          kind: 'code-forms',
          forms: await store.run(findCodeForms, { name: effect.name, now: clock.wall() }),
        };
      case 'check-primary':
        return this.#checkPrimary(journey, effect);
      case 'identify': {
        if (effect.alone) {
          journey.alone = true;
          journey.asked = { ...journey.asked, primary: 'none' };
        }
        const wantsNames = policies.length > 0;
        const wanted = { wantsGroups: wantsNames || groupWays.length > 0, wantsNames };
        const identity = await store.run(identify, { ...effect.names, lockout, now: clock.wall(), ...wanted });
        return { kind: 'identified', identity };
      }
      case 'take': {
        const taken = await waiting.take(request.state ?? none, bindingOf(journey), proofOf(request));
        if (taken.kind === 'waiting') {
          journey.loginId = taken.login.loginId;
          journey.took = true;
          journey.firstDevice = taken.login.asked.device ?? null;
          if (taken.login.stage === 'factor') journey.rule = taken.login.rule ?? null;
        }
        journey.traced?.begins(journey.loginId);
        return { kind: 'taken', taken };
      }
      case 'use-bypass': {
        const { userId, bypassId: id } = effect;
        const used = await store.run(useBypass, { id, userId, now: clock.wall(), audit: this.#auditOf(journey) });
        return { kind: 'bypass', used };
      }
      case 'attempt':
        return this.#attempt(effect, journey);
      case 'send':
        return { kind: 'sent', output: await this.#send(effect, journey) };
      case 'approve':
        return { kind: 'approval', answer: await this.#approve(effect.login, journey) };
      case 'put': {
        const login = { ...effect.login, loginId: journey.loginId, asked: journey.asked };
        return { kind: 'put', handle: await waiting.put(login, bindingOf(journey)) };
      }
      case 'record': {
        const { kind, outcome } = effect.verdict;
        const came = { userId: effect.userId, method: effect.method, result: kind, reason: outcome };
        await store.run(record, rowOf(this.#auditOf(journey), came));
        if (outcome === 'approved') await this.#remember(journey, effect.userId);
        if (kind === 'accept' && request.credential.kind === 'ms-chap-change' && effect.userId !== null)
          await store.run(forgetLogins, effect.userId);
        return { kind: 'recorded' };
      }
    }
  }

  async #checkPrimary(
    journey: Journey,
    { conversation, password }: Extract<Effect, { kind: 'check-primary' }>,
  ): Promise<Event> {
    const { nas, request, received, primary } = journey;
    const result = await primary.check({
      userName: request.userName ?? none,
      credential: password ? { kind: 'pap', password } : request.credential,
      packet: request.packet,
      client: nas.name,
      deadline: received + nas.deadline,
      conversation,
      traced: journey.traced,
    });
    journey.traced?.primary(primary.name, result);
    if ('why' in result) journey.trouble = result.why;
    return { kind: 'primary', result };
  }

  /** Queues a code, once for each turn of a login: the same again, after a conflict in the store, sends nothing. */
  async #send(
    { login, method }: Extract<Effect, { kind: 'send' }>,
    journey: Journey,
  ): Promise<BeginOutput | { readonly kind: 'outage' }> {
    const { store, clock, sending, prompts } = this.#options;
    const { nas, loginId } = journey;
    if (sending.isDown(method)) {
      // Who has reported a login is let in by no outage.
      const { blockedUntil } = await store.run(showApprovalState, login.userId);
      if (blockedUntil > clock.wall()) {
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
  async #enrol(
    { userId, directory, lack }: Extract<Effect, { kind: 'enrol' }>,
    journey: Journey,
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
      audit: this.#auditOf(journey),
    });
    if (output.kind === 'sent') sending.onQueued();
    if (output.kind === 'refused') journey.trouble = enrolmentTrouble[output.why];
    return output;
  }

  /** Waits for the user's yes or no, as long as the NAS waits. */
  async #approve({ userId, asking }: AtFactor, journey: Journey): Promise<ApprovalAnswer> {
    const { approvals } = this.#options;
    journey.factor = 'approval';
    if (!approvals) throw new Error('an approval was to be asked, and none can be');
    const { nas, request, received, loginId } = journey;
    const answer = await approvals.ask({
      userId,
      loginId,
      device: deviceOf(request.packet, nas.deviceAttribute),
      application: nas.application,
      directory: asking.directory,
      audit: this.#auditOf(journey),
      deadline: received + nas.deadline,
      canPrompt: request.credential.kind === 'pap' && nas.challenge,
    });
    if (answer.kind === 'refused') journey.trouble = approvalTrouble[answer.why];
    if (answer.kind === 'missed') journey.trouble = `the call: ${answer.end}`;
    return answer;
  }

  async #attempt({ login, appended }: Extract<Effect, { kind: 'attempt' }>, journey: Journey): Promise<Event> {
    const { store, clock, windows, lockout } = this.#options;
    const output = await store.run(attempt, {
      userId: login.userId,
      methods: login.methods,
      answer: appended ?? passwordOf(journey.request),
      ...(journey.alone ? { alone: true } : {}),
      ...(appended ? { sentFor: laterLoginAt(journey.nas.name) } : {}),
      now: clock.wall(),
      attemptsLeft: login.attemptsLeft - 1,
      windows,
      lockout,
      audit: this.#auditOf(journey),
    });
    journey.counted = true;
    journey.factor = output.method ?? 'code';
    if (output.outcome === 'accepted') await this.#remember(journey, login.userId);
    return { kind: 'attempted', output };
  }

  /** The device that brought the password; undefined if nothing tells it, or the answer came from another. */
  #rememberedOf(journey: Journey, userId: string): Remembered | undefined {
    const { nas, request, took, firstDevice } = journey;
    const own = deviceOf(request.packet, nas.deviceAttribute);
    const device = took ? firstDevice : own;
    if (nas.remember === undefined || device === null || (own !== null && own !== device)) return undefined;
    return { userId, client: nas.name, device, lifetime: nas.remember, now: this.#options.clock.wall() };
  }

  /** The login stands whatever comes of it: who is not remembered is asked again. */
  async #remember(journey: Journey, userId: string | null): Promise<void> {
    const about =
      userId === null || journey.request.credential.kind === 'none' ? undefined : this.#rememberedOf(journey, userId);
    if (!about) return;
    try {
      await this.#options.store.run(rememberLogin, about);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#options.logger.warn({ login: journey.loginId, err: error }, 'a device could not be remembered');
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

  #facts(incoming: Incoming): LoginFacts {
    const { clock, mark } = this.#options;
    return loginFacts(this.#rules, incoming, carriesMark(incoming.request.packet, mark), clock.wall());
  }

  #auditOf(journey: Journey): AuditedRequest {
    const { clock } = this.#options;
    const { asked, loginId, rule, spent } = journey;
    return {
      at: clock.wall(),
      loginId,
      userName: asked.userName,
      client: asked.client,
      clientAddress: asked.clientAddress,
      callingStationId: asked.callingStationId,
      primary: asked.primary,
      rule,
      protocol: asked.protocol,
      application: asked.application,
      device: asked.device,
      serverAddress: asked.serverAddress,
      spent: { primary: spent.primary, store: spent.store, approval: spent.approval },
      latency: clock.monotonic() - journey.received,
    };
  }

  #count(journey: Journey, { kind, outcome }: Verdict): void {
    const { nas, factor, spent, received } = journey;
    const { traffic, clock } = this.#options;
    journey.traced?.ends(journey);
    const took = clock.monotonic() - received;
    traffic.ended({ client: nas.name, factor, result: kind, reason: outcome, spent, took });
  }
}

/** The `[[policy]]` that has led to this. */
function ruleOf(effect: Effect): string | undefined {
  if ('rule' in effect) return effect.rule;
  return 'login' in effect && effect.login.stage === 'factor' ? effect.login.rule : undefined;
}

/** What a request waits for, where it is not the store. */
const whereSpent: Readonly<Partial<Record<Effect['kind'], keyof Spent>>> = {
  'check-primary': 'primary',
  approve: 'approval',
};
