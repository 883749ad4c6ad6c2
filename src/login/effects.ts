import { rowOf, type AuditedRequest, type Spent } from '../audit/audit.ts';
import { record } from '../audit/record.ts';
import { findCodeForms } from '../factor/code-forms.ts';
import { laterLoginAt } from '../factor/sent-code.ts';
import { deviceOf } from '../nas/device-of.ts';
import { identify } from '../store/identify.ts';
import { StoreError } from '../store/store.ts';
import { attempt } from './attempt.ts';
import { bindingOf, passwordOf, proofOf, type Journey } from './journey.ts';
import type { Effect, Event } from './machine/state.ts';
import { forgetLogins, recallLogin, rememberLogin, type Remembered } from './remember.ts';
import type { RunnerOptions } from './runner-options.ts';
import { Sender } from './sender.ts';
import { approvalTrouble } from './trouble.ts';
import { useAppPassword } from './use-app-password.ts';
import { useBypass } from './use-bypass.ts';

const none = Buffer.alloc(0);

type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** What a request waits for, where it is not the store. */
const whereSpent: Readonly<Partial<Record<Effect['kind'], keyof Spent>>> = {
  'check-primary': 'primary',
  approve: 'approval',
};

/** Performs the effects of a login. */
export class Effects {
  readonly #options: RunnerOptions;
  readonly #sender: Sender;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#sender = new Sender(options);
  }

  /** @returns what came of it, a failure of the store too */
  async perform(effect: Effect, journey: Journey): Promise<Event> {
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

  /** Not async itself: a function so wide would be kept whole, registers and all, for each effect that is waited for. */
  #dispatch(effect: Effect, journey: Journey): Promise<Event> {
    journey.rule = ruleOf(effect) ?? journey.rule;
    switch (effect.kind) {
      case 'recall':
        return this.#recall(effect, journey);
      case 'enrol':
        return this.#enrol(effect, journey);
      case 'use-app-password':
        return this.#useAppPassword(effect, journey);
      case 'find-code-forms':
        return this.#findCodeForms(effect, journey);
      case 'check-primary':
        return this.#checkPrimary(effect, journey);
      case 'identify':
        return this.#identify(effect, journey);
      case 'take':
        return this.#take(journey);
      case 'use-bypass':
        return this.#useBypass(effect, journey);
      case 'attempt':
        return this.#attempt(effect, journey);
      case 'send':
        return this.#send(effect, journey);
      case 'approve':
        return this.#approve(effect, journey);
      case 'put':
        return this.#put(effect, journey);
      case 'record':
        return this.#record(effect, journey);
    }
  }

  async #recall({ login }: Of<'recall'>, journey: Journey): Promise<Event> {
    const { store, lockout, sending } = this.#options;
    const about = this.#rememberedOf(journey, login.userId);
    const audit = this.#auditOf(journey);
    const { block } = sending.rules;
    return {
      kind: 'recalled',
      remembered: about !== undefined && (await store.run(recallLogin, { ...about, lockout, block, audit })),
    };
  }

  async #enrol(effect: Of<'enrol'>, journey: Journey): Promise<Event> {
    return { kind: 'enrolled', output: await this.#sender.link(effect, journey, this.#auditOf(journey)) };
  }

  async #useAppPassword({ name, password }: Of<'use-app-password'>, journey: Journey): Promise<Event> {
    const { store, lockout, clock } = this.#options;
    const { realms } = journey;
    journey.factor = 'app-password';
    const input = { name, realms, password, lockout, now: clock.wall(), audit: this.#auditOf(journey) };
    const used = await store.run(useAppPassword, input);
    if (used.name !== null) journey.trouble = `"${used.name}"`;
    return { kind: 'app-password', outcome: used.outcome };
  }

  async #findCodeForms({ name }: Of<'find-code-forms'>, { realms }: Journey): Promise<Event> {
    const { store, clock } = this.#options;
    return { kind: 'code-forms', forms: await store.run(findCodeForms, { name, realms, now: clock.wall() }) };
  }

  async #identify({ alone, names }: Of<'identify'>, journey: Journey): Promise<Event> {
    const { store, lockout, clock, groupWays, policies } = this.#options;
    if (alone) {
      journey.alone = true;
      journey.asked = { ...journey.asked, primary: 'none' };
    }
    const { realms } = journey;
    const wantsNames = policies.length > 0;
    const wanted = { wantsGroups: wantsNames || groupWays.length > 0, wantsNames };
    const identity = await store.run(identify, { ...names, realms, lockout, now: clock.wall(), ...wanted });
    return { kind: 'identified', identity };
  }

  async #take(journey: Journey): Promise<Event> {
    const { request } = journey;
    const taken = await this.#options.waiting.take(request.state ?? none, bindingOf(journey), proofOf(request));
    if (taken.kind === 'waiting') {
      journey.loginId = taken.login.loginId;
      journey.took = true;
      journey.firstDevice = taken.login.firstDevice;
      if (taken.login.stage === 'factor') journey.rule = taken.login.rule ?? null;
    }
    journey.traced?.begins(journey.loginId);
    return { kind: 'taken', taken };
  }

  async #useBypass({ userId, bypassId: id }: Of<'use-bypass'>, journey: Journey): Promise<Event> {
    const { store, clock } = this.#options;
    const used = await store.run(useBypass, { id, userId, now: clock.wall(), audit: this.#auditOf(journey) });
    return { kind: 'bypass', used };
  }

  async #send(effect: Of<'send'>, journey: Journey): Promise<Event> {
    return { kind: 'sent', output: await this.#sender.code(effect, journey) };
  }

  async #put(effect: Of<'put'>, journey: Journey): Promise<Event> {
    const { loginId, firstDevice, asked } = journey;
    const login = { ...effect.login, loginId, firstDevice, asked };
    return { kind: 'put', handle: await this.#options.waiting.put(login, bindingOf(journey)) };
  }

  async #record({ verdict, userId, method }: Of<'record'>, journey: Journey): Promise<Event> {
    const { store } = this.#options;
    const { kind, outcome } = verdict;
    const came = { userId, method, result: kind, reason: outcome };
    await store.run(record, rowOf(this.#auditOf(journey), came));
    if (outcome === 'approved') await this.#remember(journey, userId);
    if (kind === 'accept' && journey.request.credential.kind === 'ms-chap-change' && userId !== null)
      await store.run(forgetLogins, userId);
    return { kind: 'recorded' };
  }

  async #checkPrimary({ conversation, password }: Of<'check-primary'>, journey: Journey): Promise<Event> {
    const { nas, request, received, primary, realms } = journey;
    const result = await primary.check({
      userName: request.userName ?? none,
      credential: password ? { kind: 'pap', password } : request.credential,
      packet: request.packet,
      client: nas.name,
      realms,
      deadline: received + nas.deadline,
      conversation,
      traced: journey.traced,
    });
    journey.traced?.primary(primary.name, result);
    if ('why' in result) journey.trouble = result.why;
    return { kind: 'primary', result };
  }

  /** Waits for the user's yes or no, as long as the NAS waits. */
  async #approve({ login }: Of<'approve'>, journey: Journey): Promise<Event> {
    const { approvals } = this.#options;
    journey.factor = 'approval';
    if (!approvals) throw new Error('an approval was to be asked, and none can be');
    const { userId, asking } = login;
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
    return { kind: 'approval', answer };
  }

  async #attempt({ login, appended }: Of<'attempt'>, journey: Journey): Promise<Event> {
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
    const { nas, request, firstDevice: device } = journey;
    const own = deviceOf(request.packet, nas.deviceAttribute);
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
}

/** The `[[policy]]` that has led to this. */
function ruleOf(effect: Effect): string | undefined {
  if ('rule' in effect) return effect.rule;
  return 'login' in effect && effect.login.stage === 'factor' ? effect.login.rule : undefined;
}
