import { ApprovalWaits } from '../../src/approval/approval-waits.ts';
import { Approvals } from '../../src/approval/approvals.ts';
import { decidedApprovals } from '../../src/approval/decided-approvals.ts';
import { english } from '../../src/deliver/texts-en.ts';
import { Traffic } from '../../src/figures/traffic.ts';
import { hotp } from '../../src/factor/oath.ts';
import { Duplicates } from '../../src/dedupe/duplicates.ts';
import { Intake } from '../../src/login/intake.ts';
import { loadTexts } from '../../src/deliver/load-texts.ts';
import type { RunnerOptions, Sending } from '../../src/login/runner-options.ts';
import { Runner } from '../../src/login/runner.ts';
import { MemoryWaitingLogins } from '../../src/login/waiting-memory.ts';
import { StoreWaitingLogins } from '../../src/login/waiting-store.ts';
import type { WaitingLogin } from '../../src/login/waiting.ts';
import { NasTable } from '../../src/nas/nas-table.ts';
import type { Nas } from '../../src/nas/nas.ts';
import { ObservedClients } from '../../src/nas/observed-clients.ts';
import { SeenAuthenticators } from '../../src/nas/seen-authenticators.ts';
import { DropLog } from '../../src/observe/drop-log.ts';
import type { Primary } from '../../src/primary/primary.ts';
import { text } from '../../src/store/row.ts';
import type { Store } from '../../src/store/store.ts';
import {
  accessRequest,
  statusServer,
  verifySignedReply,
  type AccessRequestOptions,
  type RawPacket,
} from '../peer/packet-bytes.ts';
import { aNas, nasSecret } from './a-nas.ts';
import { FakeClock } from './fake-clock.ts';
import { FakePeer } from './fake-peer.ts';
import { FakePrimary } from './fake-primary.ts';
import { GatedStore } from './gated-store.ts';
import { lockoutRules, windows } from './login-rules.ts';
import { memoryLogger } from './memory-logger.ts';
import type { ScratchStore } from './scratch-store.ts';
import { Tracing } from '../../src/trace/tracing.ts';
import { UnderWay } from '../../src/under-way.ts';

export interface IntakeSceneOptions {
  /** Default: one client "vpn" at 192.0.2.0/24. */
  readonly clients?: readonly { readonly nas: Nas; readonly addresses: readonly string[] }[];
  /** Beside the one called "local". */
  readonly primaries?: (store: Store) => readonly Primary[];
  readonly realms?: RunnerOptions['realms'];
  readonly waiting?: 'memory' | 'store';
  readonly attempts?: number;
  readonly lockoutFailures?: number;
  readonly resyncAtPrompt?: boolean;
  /** Milliseconds; default 0. */
  readonly rejectDelay?: number;
  readonly maxPending?: number;
  readonly maxWaiting?: number;
  readonly sending?: Partial<Sending>;
  readonly policies?: RunnerOptions['policies'];
  /** Approvals by text and notification. */
  readonly approvals?: boolean;
}

/** What a request carries; null leaves a name or password out. */
export type RequestOf = Omit<Partial<AccessRequestOptions>, 'user' | 'password'> & {
  readonly user?: string | Buffer | null;
  readonly password?: string | Buffer | null;
};

/** By which this installation knows its own requests. */
export const ourMark = Buffer.alloc(16, 0x6d);

const texts = loadTexts(undefined);

/** No provider is configured. */
const nothingSent: Sending = {
  methods: [],
  order: ['store', 'directory'],
  rules: {
    limits: { user: [], number: [], client: [], prefix: [], total: [] },
    allow: [],
    deny: [],
    block: 3_600_000,
  },
  digits: 6,
  lifetime: 300_000,
  isDown: () => false,
  onQueued: () => undefined,
};

export const prompts = { first: 'Code: ', afterWrong: 'Wrong. Code: ', afterUsed: 'Used. Code: ' } as const;

/** The key of every user's token. */
export const oathKey = Buffer.from('12345678901234567890');

/** The way of a datagram from the intake on: the real parts on a real store, a clock that the test moves, and no sockets. */
export class IntakeScene {
  readonly scratch: ScratchStore;
  readonly store: GatedStore;
  readonly clock = new FakeClock();
  readonly traffic = new Traffic();
  readonly drops: DropLog;
  readonly tracing: Tracing;
  /** Why logins will fail, for Status-Server. */
  unready: readonly string[] = [];
  readonly primary = new FakePrimary('local');
  readonly seen: SeenAuthenticators;
  readonly intake: Intake;
  readonly lines: ReturnType<typeof memoryLogger>['lines'];
  /** Waiting logins' timer, as it runs in the service. */
  readonly tidy: () => Promise<void>;
  readonly waits: ApprovalWaits;
  readonly observed: ObservedClients;
  readonly #close: () => Promise<void>;
  #identifier = 0;

  private constructor(scratch: ScratchStore, store: GatedStore, seen: SeenAuthenticators, options: IntakeSceneOptions) {
    this.scratch = scratch;
    this.store = store;
    this.seen = seen;
    const { clock } = this;
    const { logger, lines } = memoryLogger();
    this.lines = lines;
    const tracing = (this.tracing = new Tracing({
      clientAt: (address) => this.intake.clientAt(address),
      mark: ourMark,
      wall: () => clock.wall(),
    }));
    const drops = (this.drops = new DropLog(logger, clock, (...dropped) => tracing.dropped(...dropped)));
    const { traffic } = this;
    const onAbandoned = (login: WaitingLogin): void => runner.abandoned(login);
    const waitingOptions = { lifetime: 300_000, max: options.maxWaiting ?? 1_000, clock, onAbandoned };
    const inStore = options.waiting === 'store' ? new StoreWaitingLogins({ ...waitingOptions, store }) : undefined;
    const waiting = inStore ?? new MemoryWaitingLogins(waitingOptions);
    this.tidy = async () => inStore?.purge();
    this.waits = new ApprovalWaits({
      look: (ids) => store.run(decidedApprovals, ids),
      interval: 100,
      onTrouble: () => undefined,
    });
    const primaries: readonly Primary[] = [this.primary, ...(options.primaries?.(store) ?? [])];
    const runner = new Runner({
      store,
      waiting,
      primaryNamed: (name) => {
        const primary = primaries.find((one) => one.name === name);
        if (!primary) throw new Error(`no primary ${name}`);
        return primary;
      },
      realms: options.realms ?? [],
      clock,
      logger,
      traffic,
      attempts: options.attempts ?? 3,
      lockout: { ...lockoutRules, failures: options.lockoutFailures ?? 10 },
      windows: { ...windows, resyncAtPrompt: options.resyncAtPrompt ?? false },
      prompts: { ...prompts, texts, language: 'en' },
      sending: { ...nothingSent, ...options.sending },
      groupWays: [],
      policies: options.policies ?? [],
      hasDirectory: false,
      enrolment: { url: 'https://mfa.example', issuer: 'Corp', phones: false },
      mark: ourMark,
      approvals: options.approvals
        ? new Approvals({
            store,
            clock,
            waits: this.waits,
            answers: false,
            push: false,
            window: 10_000,
            limit: 3,
            channels: ['sms', 'notify'],
            url: 'https://mfa.example',
            rules: nothingSent.rules,
            order: ['store', 'directory'],
            texts: { en: english.notice },
            language: 'en',
            challengeTimeout: 300_000,
            isDown: (channel) => options.sending?.isDown?.(channel === 'notify' ? 'sms' : channel) ?? false,
            onQueued: () => undefined,
          })
        : undefined,
    });
    this.observed = new ObservedClients({ store, clock, every: 2 ** 30, onTrouble: () => undefined });
    this.intake = new Intake({
      observed: this.observed,
      inAll: new UnderWay(),
      clients: new NasTable(options.clients ?? [{ nas: aNas(), addresses: ['192.0.2.0/24'] }]),
      seen,
      duplicates: new Duplicates({
        clock,
        window: 10_000,
        max: 10_000,
        maxUnauthentic: 1_000,
        maxUnauthenticInAll: 5_000,
      }),
      runner,
      drops,
      traffic,
      logger,
      clock,
      maxPending: options.maxPending ?? 1_000,
      rejectDelay: options.rejectDelay ?? 0,
      unready: () => this.unready,
      tracing,
    });
    this.#close = async () => {
      this.waits.stop();
      await this.observed.stop();
      drops.close();
      await waiting.close();
    };
  }

  /** On an empty store, to which it adds a user "alice" who has an active token with oathKey. */
  static async open(scratch: ScratchStore, options: IntakeSceneOptions = {}): Promise<IntakeScene> {
    const userId = await scratch.addUser({ id: 'u1', names: ['alice'] });
    await scratch.addToken({ userId, key: oathKey });
    const store = new GatedStore(() => scratch.store);
    const seen = await SeenAuthenticators.load(store, { onTrouble: () => undefined, onFull: () => undefined });
    return new IntakeScene(scratch, store, seen, options);
  }

  async close(): Promise<void> {
    await this.intake.idle();
    await this.#close();
  }

  /** The code of so many steps from now. */
  code(steps = 0): string {
    return hotp({ key: oathKey, algorithm: 'sha1', digits: 6 }, Math.floor(this.clock.wall() / 30_000) + steps);
  }

  /** A code of none of the steps around now. */
  wrongCode(): string {
    const right = new Set(Array.from({ length: 9 }, (_, i) => this.code(i - 4)));
    return ['000000', '111111', '222222', '333333'].find((code) => !right.has(code)) ?? '444444';
  }

  /** An Access-Request of alice's with a new identifier, signed with the secret of aNas unless the test says otherwise. */
  request({ user = 'alice', password = 'right', ...own }: RequestOf = {}): Buffer {
    this.#identifier = (this.#identifier + 1) % 256;
    const credentials = { ...(user === null ? {} : { user }), ...(password === null ? {} : { password }) };
    return accessRequest({ identifier: this.#identifier, secret: nasSecret, ...credentials, ...own });
  }

  /** Sends a request and reads its reply, which must be signed as radgate promises. */
  async ask(own: RequestOf = {}, peer = new FakePeer()): Promise<RawPacket> {
    const request = this.request(own);
    this.intake.onDatagram(request, peer);
    return verifySignedReply(await peer.next(), request, own.secret ?? nasSecret);
  }

  /** Sends a datagram, and proves by a Status-Server behind it and all work done that nothing but that was answered. */
  async expectSilence(datagram: Buffer, peer = new FakePeer(), secret = nasSecret): Promise<void> {
    this.intake.onDatagram(datagram, peer);
    await this.intake.idle();
    this.#identifier = (this.#identifier + 1) % 256;
    const query = statusServer({ identifier: this.#identifier, secret });
    this.intake.onDatagram(query, peer);
    verifySignedReply(await peer.next(), query, secret);
    if (peer.unread > 0) throw new Error(`expected silence, got ${peer.unread} replies`);
  }

  /** Lines of the log that say so. */
  logged(what: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
    return this.lines.filter((line) => Object.entries(what).every(([key, value]) => line[key] === value));
  }

  /** Result and reason of every audit row, in order. */
  async audited(): Promise<string[]> {
    const rows = await this.scratch.query('SELECT result, reason FROM audit ORDER BY id');
    return rows.map((row) => `${text(row, 'result')} ${text(row, 'reason')}`);
  }
}
