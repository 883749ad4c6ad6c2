import { readFileSync } from 'node:fs';
import { AccountingIntake, type AccountingIntakeOptions } from './accounting/accounting-intake.ts';
import type { Accounting } from './accounting/accounting.ts';
import { RecordedAccounting } from './accounting/recorded.ts';
import { RelayedAccounting } from './accounting/relay.ts';
import { ApprovalWaits } from './approval/approval-waits.ts';
import { Approvals } from './approval/approvals.ts';
import { decidedApprovals, purgeApprovals } from './approval/decided-approvals.ts';
import { Decisions } from './approval/decisions.ts';
import { showApproval } from './approval/show-approval.ts';
import { systemClock } from './clock.ts';
import { hasChannel } from './config/has-channel.ts';
import type {
  Client,
  Config,
  LdapPrimary as LdapConfig,
  Primary as PrimaryConfig,
  RadiusPrimary as RadiusConfig,
} from './config/schema.ts';
import { Duplicates } from './dedupe/duplicates.ts';
import { buildProvider, sendingRules } from './deliver/build-provider.ts';
import type { AllTexts } from './deliver/load-texts.ts';
import type { NoticeTexts } from './deliver/render-notice.ts';
import { textsOf } from './deliver/texts-of.ts';
import { DeliveryWorker } from './deliver/worker.ts';
import { EnrolmentSteps } from './enrol/steps.ts';
import { OperatorError } from './errors.ts';
import type { Windows } from './factor/factor.ts';
import { Intake } from './login/intake.ts';
import { Runner } from './login/runner.ts';
import { MemoryWaitingLogins } from './login/waiting-memory.ts';
import { StoreWaitingLogins } from './login/waiting-store.ts';
import type { WaitingLogin } from './login/waiting.ts';
import { NasTable } from './nas/nas-table.ts';
import type { Nas } from './nas/nas.ts';
import { SeenAuthenticators } from './nas/seen-authenticators.ts';
import { DropLog } from './observe/drop-log.ts';
import type { Logger } from './observe/logger.ts';
import { SharedSecret } from './packet/shared-secret.ts';
import { deviceAttributes } from './policy/device-attribute.ts';
import type { LockoutRules } from './policy/lockout.ts';
import { sentMethods } from './policy/sent-method.ts';
import { LdapPrimary } from './primary/ldap/ldap.ts';
import type { LdapOptions } from './primary/ldap/ldap-options.ts';
import { LocalPrimary } from './primary/local.ts';
import type { Primary } from './primary/primary.ts';
import type { Probe, ServerHealth } from './primary/pool.ts';
import { statusProbe, userProbe } from './primary/probe.ts';
import { loadProxyMark } from './primary/proxy-mark.ts';
import { RadiusPrimary } from './primary/radius.ts';
import { RealmPrimary } from './primary/realm-primary.ts';
import { realmOf } from './primary/realms.ts';
import { randomOctets } from './random.ts';
import { importIsUnfinished } from './store/import.ts';
import { databaseIsCurrent } from './store/inspect-postgres.ts';
import { storeIsCurrent as fileIsCurrent } from './store/inspect-sqlite.ts';
import { PostgresStore, type PostgresStoreOptions } from './store/postgres-store.ts';
import type { SqliteOptions } from './store/sqlite-driver.ts';
import { SqliteStore } from './store/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { enrolPages } from './web/enrol-page.ts';
import { approvalPages } from './web/approval-page.ts';
import { WebServer } from './web/server.ts';
import { UdpTransport, type Peer, type UdpTrouble } from './transport/udp.ts';

/** A running radgate. */
export interface Service {
  /** Every UDP address it listens on. */
  readonly listening: readonly string[];
  /** Every TCP address that its pages are served at. */
  readonly pages: readonly string[];
  /** Takes no more requests, lets the logins under way finish for `[login] drain` at most, and lets go of everything. */
  stop(): Promise<void>;
}

/** Requests that duplicate detection remembers: at 10 s each, 20,000 requests a second. */
const maxDuplicates = 200_000;
const maxUnauthenticDuplicates = 20_000;
const maxUnauthenticInAll = maxDuplicates / 2;

/** Longest that a database on another host is waited for, in milliseconds; less for a client that waits less itself. */
const storeTimeout = 2_000;

/**
 * Opens the store that the config names.
 * @throws OperatorError that says what is wrong with it; 'store-unfinished' if an import was begun and not finished
 */
export async function openStore(config: Config, onDeath: (error: Error) => void): Promise<Store> {
  const store = await openForImport(config, onDeath);
  try {
    if (!(await store.run(importIsUnfinished, null))) return store;
    throw new OperatorError('store-unfinished', 'an import into this store was begun and not finished');
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The same, whether it holds half an import or not. */
export function openForImport(config: Config, onDeath: (error: Error) => void): Promise<Store> {
  const options = storeOptions(config);
  if ('host' in options) return PostgresStore.open(options);
  return SqliteStore.open({ ...options, thread: new URL('./store-thread.js', import.meta.url), onDeath });
}

/** Whether the store is there and of this version, so that opening it changes nothing. @throws OperatorError or StoreError if it can't be told */
export function storeIsCurrent(config: Config): Promise<boolean> {
  const options = storeOptions(config);
  return 'host' in options ? databaseIsCurrent(options, options.timeout) : fileIsCurrent(options);
}

function storeOptions(config: Config): SqliteOptions | PostgresStoreOptions {
  const { url, key_file: keyFile, durability, password } = config.store;
  if (url.driver === 'sqlite') return { file: url.path, keyFile, durability };
  const timeout = Math.floor(Math.min(storeTimeout, ...config.client.map(({ deadline }) => deadline / 2)));
  return { ...url, password: password?.bytes, keyFile, durability, timeout };
}

/**
 * Builds every part from the config and starts to listen. Nothing else constructs them.
 * @param onDeath told if the service can't go on: it should be started anew
 * @throws OperatorError if the store can't be opened or an address can't be listened on
 */
export async function startService(config: Config, logger: Logger, onDeath: (error: Error) => void): Promise<Service> {
  const clock = systemClock;
  // What is wrong with them is told before anything is opened.
  const texts = textsOf(config);
  const store = await openStore(config, onDeath);
  const drops = new DropLog(logger, clock);
  const seen = await SeenAuthenticators.load(store, (error) =>
    logger.warn({ err: error }, 'could not remember who signs'),
  );
  const mark = await store.run(loadProxyMark, null);
  const primaries = new Map(
    config.primary.map((primary) => [primary.name, buildPrimary(primary, mark, store, seen, drops, logger)]),
  );
  const { login } = config;
  const onAbandoned = (abandoned: WaitingLogin): void => runner.abandoned(abandoned);
  const waitingOptions = { lifetime: login.challenge_timeout, max: login.max_waiting, onAbandoned, clock };
  const waiting =
    config.store.waiting === 'store'
      ? new StoreWaitingLogins({ ...waitingOptions, store })
      : new MemoryWaitingLogins(waitingOptions);
  const worker = buildWorker(config, store, logger);
  const waits = new ApprovalWaits({
    look: (ids) => store.run(decidedApprovals, ids),
    interval: lookForDecisions,
    onTrouble: (error) => logger.warn({ err: error }, 'could not look for decided approvals; tried again'),
  });
  const approvals = buildApprovals(config, texts, store, waits, () => worker.nudge());
  const runner = new Runner({
    store,
    waiting,
    primaryOf: (nas, userName) => {
      const realm = realmOf(config.realm, nas.name, userName);
      const primary = named(primaries, realm?.primary ?? nas.primary);
      return realm ? new RealmPrimary(primary, realm) : primary;
    },
    clock,
    logger,
    attempts: login.attempts,
    lockout: lockoutRules(config),
    windows: windows(config),
    prompts: {
      first: login.prompt,
      afterWrong: login.prompt_again,
      afterUsed: login.prompt_used,
      texts,
      language: config.deliver.language,
    },
    sending: {
      methods: sentMethods.filter((method) => hasChannel(config, method)),
      order: config.deliver.contacts,
      rules: sendingRules(config),
      digits: config.deliver.digits,
      lifetime: config.deliver.sms_timeout,
      onQueued: () => worker.nudge(),
    },
    groupWays: config.group,
    mark,
    approvals,
  });
  const duplicates = new Duplicates({
    clock,
    window: login.duplicate_window,
    max: maxDuplicates,
    maxUnauthentic: maxUnauthenticDuplicates,
    maxUnauthenticInAll,
  });
  const clients = new NasTable(config.client.map((client) => ({ nas: nasOf(client), addresses: client.address })));
  const intake = new Intake({
    clients,
    seen,
    duplicates,
    runner,
    drops,
    logger,
    clock,
    maxPending: login.max_pending,
    rejectDelay: login.reject_delay,
  });
  const accountings = config.listen.acct
    ? buildAccountings(config, store, drops, logger)
    : new Map<string, Accounting>();
  const reports = new AccountingIntake({
    clients,
    duplicates: new Duplicates({
      clock,
      window: login.duplicate_window,
      max: maxDuplicates,
      maxUnauthentic: maxUnauthenticDuplicates,
      maxUnauthenticInAll,
    }),
    accountingOf: accountingOf(config, accountings),
    drops,
    logger,
    clock,
    maxPending: login.max_pending,
  });
  const transports: UdpTransport[] = [];
  let web: WebServer | undefined;
  const purge = setInterval(() => {
    store
      .run(purgeApprovals, clock.wall() - keepApprovals)
      .catch((error: unknown) => logger.warn({ err: error }, 'old approvals could not be removed; tried again'));
  }, purgeApprovalsEvery).unref();
  const closeAll = async (): Promise<void> => {
    clearInterval(purge);
    await web?.close();
    await Promise.all(transports.map((transport) => transport.close()));
    drops.close();
    await worker.stop(drainOfMessages);
    await waiting.close();
    await Promise.all([...primaries.values(), ...accountings.values()].map((one) => one.close()));
    await store.close();
  };
  const onTrouble = (trouble: UdpTrouble): void => logTrouble(logger, trouble);
  try {
    for (const [endpoints, takes] of [
      [config.listen.auth, intake],
      [config.listen.acct ?? [], reports],
    ] as const) {
      if (endpoints.length === 0) continue;
      const onDatagram = (datagram: Buffer, peer: Peer): void => takes.onDatagram(datagram, peer);
      transports.push(await UdpTransport.listen({ endpoints, onDatagram, onTrouble }));
    }
    web = await openWeb(config, texts, store, waits, logger, () => worker.nudge());
  } catch (error) {
    await closeAll();
    throw error;
  }

  worker.start();
  return {
    listening: transports.flatMap(({ listening }) => listening),
    pages: web?.listening ?? [],
    stop: async () => {
      for (const transport of transports) transport.stopIntake();
      waits.stop();
      const done = Promise.all([intake.idle(), reports.idle()]).then(() => 0);
      const left = await Promise.race([done, elapsed(login.drain).then(() => intake.pending + reports.pending)]);
      if (left > 0) logger.warn({ left }, 'stopped with requests under way: their devices will ask again');
      await closeAll();
    },
  };
}

function named(primaries: ReadonlyMap<string, Primary>, name: string): Primary {
  const primary = primaries.get(name);
  if (!primary) throw new Error(`there is no primary ${name}`);
  return primary;
}

/** What keeps the reports of devices, by the name of a primary; by the empty name radgate's own store. */
function buildAccountings(config: Config, store: Store, drops: DropLog, logger: Logger): Map<string, Accounting> {
  const upstreams = config.primary.filter((primary) => primary.type === 'radius');
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'old accounting could not be removed');
  const recorded = new RecordedAccounting({ store, clock: systemClock, keep: config.accounting.keep, onTrouble });
  return new Map<string, Accounting>([
    ['', recorded],
    ...upstreams.map((primary) => [primary.name, buildRelay(primary, drops, logger)] as const),
  ]);
}

function buildRelay(config: RadiusConfig, drops: DropLog, logger: Logger): RelayedAccounting {
  return new RelayedAccounting({
    name: `${config.name} (accounting)`,
    servers: config.accounting_server,
    secret: new SharedSecret(config.secret.bytes),
    source: config.source,
    timeout: config.timeout,
    tries: config.tries,
    mode: config.mode,
    probeInterval: config.probe_interval,
    clock: systemClock,
    onForged: (server, explain) => drops.drop(server, 'upstream-reply-refused', explain),
    onHealth: (health) => logHealth(logger, health),
  });
}

/** Reports go where the credential of such a user is checked, if that is a RADIUS server. */
function accountingOf(
  { client: clients, realm: realms }: Config,
  accountings: ReadonlyMap<string, Accounting>,
): AccountingIntakeOptions['accountingOf'] {
  const settings = new Map(clients.map(({ name, accounting }) => [name, accounting]));
  return (nas, userName) => {
    const setting = settings.get(nas.name);
    if (setting === 'off') return undefined;
    const primary = realmOf(realms, nas.name, userName)?.primary ?? nas.primary;
    const relayed = setting === 'auto' ? accountings.get(primary) : undefined;
    return relayed ?? accountings.get('');
  };
}

/** How often the store is asked for what was decided on the pages of other nodes, in milliseconds. */
const lookForDecisions = 1_000;
/** How long approvals are kept after their end, in milliseconds: links that are opened late are told from those that never were. */
const keepApprovals = 24 * 60 * 60_000;
const purgeApprovalsEvery = 60 * 60_000;

/** Undefined if there is no page to approve on, or nothing to bring its address. */
function buildApprovals(
  config: Config,
  texts: AllTexts,
  store: Store,
  waits: ApprovalWaits,
  onQueued: () => void,
): Approvals | undefined {
  const { approval, web, deliver, login } = config;
  const channels = approval.channels.filter((channel) => hasChannel(config, channel));
  if (!web.listen || web.url === undefined || channels.length === 0) return undefined;
  return new Approvals({
    store,
    clock: systemClock,
    waits,
    window: approval.success_window,
    limit: approval.limit,
    channels,
    url: web.url,
    rules: sendingRules(config),
    order: deliver.contacts,
    texts: Object.fromEntries(Object.entries(texts).map(([language, { notice }]) => [language, notice])),
    language: deliver.language,
    challengeTimeout: login.challenge_timeout,
    onQueued,
  });
}

/** @throws Error if there are none, which textsOf has looked at */
function noticesIn(texts: AllTexts, language: string): NoticeTexts {
  const found = texts[language];
  if (!found) throw new Error(`there are no texts in ${language}`);
  return found.notice;
}

/** The pages, if they are to be served. */
async function openWeb(
  config: Config,
  texts: AllTexts,
  store: Store,
  waits: ApprovalWaits,
  logger: Logger,
  onQueued: () => void,
): Promise<WebServer | undefined> {
  const { listen, url, certificate, certificate_key, trusted_proxies } = config.web;
  if (!listen || url === undefined) return undefined;
  const decisions = new Decisions({
    store,
    clock: systemClock,
    logger,
    digits: config.deliver.digits,
    lifetime: config.deliver.sms_timeout,
    block: config.approval.block,
    alert: config.approval.alert ?? [],
    texts: noticesIn(texts, config.deliver.language),
    language: config.deliver.language,
    tell: (id, status) => waits.tell(id, status),
    onQueued,
  });
  const steps = new EnrolmentSteps({
    store,
    clock: systemClock,
    windows: windows(config),
    issuer: config.totp.issuer,
    application: config.totp.issuer,
    phoneMethods: (['sms', 'voice'] as const).filter((method) => hasChannel(config, method)),
    digits: config.deliver.digits,
    lifetime: config.deliver.sms_timeout,
    rules: sendingRules(config),
    texts: Object.fromEntries(Object.entries(texts).map(([language, { message }]) => [language, message])),
    language: config.deliver.language,
    onQueued,
  });
  return WebServer.listen({
    endpoints: listen,
    url,
    tls: certificate === undefined || certificate_key === undefined ? undefined : { certificate, key: certificate_key },
    trustedProxies: trusted_proxies ?? [],
    clock: systemClock,
    logger,
    pages: (app, addressOf) => {
      enrolPages(app, { steps, addressOf });
      approvalPages(app, {
        show: (token) => store.run(showApproval, { token, now: systemClock.wall() }),
        decide: (press) => decisions.decide(press),
      });
    },
  });
}

/** How long messages under way may take at the end, in milliseconds; another node or the next start sends what is left. */
const drainOfMessages = 5_000;

function buildWorker(config: Config, store: Store, logger: Logger): DeliveryWorker {
  const { concurrency: most, lease, poll, keep } = config.deliver;
  const onReceipt: DeliveryWorker['noteReceipt'] = (receipt) => worker.noteReceipt(receipt);
  const worker = new DeliveryWorker({
    store,
    providers: config.provider.map((provider) => buildProvider(provider, { clock: systemClock, onReceipt })),
    concurrency: { sms: most, voice: most, email: most, notify: most },
    clock: systemClock,
    logger,
    random: randomOctets,
    lease,
    poll,
    keep,
  });
  return worker;
}

/** The rules of `[lockout]`. */
export function lockoutRules({ lockout }: Config): LockoutRules {
  const { failures, pause_after, pause, repeat_window } = lockout;
  return { failures, pauseAfter: pause_after, pause, repeatWindow: repeat_window };
}

/** How far codes may be off: `[totp]`, `[hotp]`, `[login] resync_at_prompt`. */
export function windows({ totp, hotp, login }: Config): Windows {
  return { totp: totp.window, hotp: hotp.window, resyncAtPrompt: login.resync_at_prompt };
}

/** What a `[[client]]` is to the packets that come from it. */
export function nasOf(client: Client): Nas {
  const { limit_proxy_state, secret_next } = client;
  return {
    name: client.name,
    secret: new SharedSecret(client.secret.bytes),
    secretNext: secret_next && new SharedSecret(secret_next.bytes),
    messageAuthenticator: client.message_authenticator,
    limitProxyState: limit_proxy_state === 'auto' ? !client.proxy : limit_proxy_state,
    primary: client.primary,
    factor: client.factor,
    approval: client.approval,
    passwordless: client.passwordless,
    deviceAttribute: client.device_attribute === 'none' ? undefined : deviceAttributes[client.device_attribute],
    deadline: client.deadline,
    promptFormat: client.prompt_format,
    application: client.application ?? client.name,
  };
}

function buildPrimary(
  config: PrimaryConfig,
  mark: Buffer,
  store: Store,
  seen: SeenAuthenticators,
  drops: DropLog,
  logger: Logger,
): Primary {
  switch (config.type) {
    case 'local':
      return new LocalPrimary({ name: config.name, keep: config.keep, store, clock: systemClock });
    case 'ldap':
      return buildLdap(config, (health) =>
        logHealth(logger, { ...health, standing: health.trouble === undefined ? 'alive' : 'suspect' }),
      );
    case 'radius':
      return new RadiusPrimary({
        name: config.name,
        servers: config.server,
        secret: new SharedSecret(config.secret.bytes),
        messageAuthenticator: config.message_authenticator,
        timeout: config.timeout,
        tries: config.tries,
        source: config.source,
        mark,
        outerIdentity: config.outer_identity,
        mode: config.mode,
        probe: probeOf(config),
        probeInterval: config.probe_interval,
        clock: systemClock,
        seen,
        drops,
        onHealth: (health) => logHealth(logger, health),
      });
  }
}

/** @param onHealth told of servers that stop answering or answer again @throws OperatorError if the file of the certificate authority can't be read */
export function buildLdap(config: LdapConfig, onHealth: LdapOptions['onHealth']): LdapPrimary {
  const { bind_dn, bind_password, dn_template } = config;
  const service =
    bind_dn !== undefined && bind_password ? { name: bind_dn, password: bind_password.bytes.toString() } : undefined;
  return new LdapPrimary({
    name: config.name,
    servers: config.server,
    startTls: config.start_tls,
    ca: config.ca_file === undefined ? undefined : readCa(config.ca_file),
    tlsMinVersion: config.tls_min_version,
    timeout: config.timeout,
    service,
    bind:
      config.bind === 'dn'
        ? { kind: 'dn', template: dn_template ?? '' }
        : config.bind === 'name'
          ? { kind: 'name', suffix: config.upn_suffix }
          : { kind: 'search' },
    directory: {
      kind: config.directory,
      base: config.base_dn,
      groupBase: config.group_base_dn,
      userAttributes: config.user_attributes,
      userFilter: config.user_filter,
      nameAttributes: config.name_attributes,
      phoneAttributes: config.phone_attributes,
      mailAttributes: config.mail_attributes,
    },
    requireGroup: config.require_group ?? [],
    passwordEncoding: config.password_encoding,
    clock: systemClock,
    onHealth,
  });
}

function readCa(file: string): Buffer {
  try {
    const pem = readFileSync(file);
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
    throw new Error('it has no certificate in PEM ("-----BEGIN CERTIFICATE-----")');
  } catch (error) {
    throw new OperatorError('ca-unreadable', `${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** What the servers of a primary are probed with. */
export function probeOf({ probe, probe_user, probe_password, secret }: RadiusConfig): Probe | undefined {
  if (probe === 'none') return undefined;
  if (probe === 'status-server' || probe_user === undefined || probe_password === undefined) return statusProbe;
  return userProbe(probe_user, probe_password.bytes, new SharedSecret(secret.bytes));
}

function logHealth(logger: Logger, { primary, server, standing, trouble }: ServerHealth): void {
  const line = { primary, server, standing, ...(trouble === undefined ? {} : { trouble }) };
  switch (standing) {
    case 'alive':
      return logger.info(line, 'an upstream server answers again');
    case 'suspect':
      return logger.warn(
        line,
        `an upstream server ${trouble}: those that answer are asked before it; "radgate check --connect" says what may be wrong`,
      );
    case 'dead':
      return logger.error(line, `an upstream server ${trouble}, again: it is asked only when no other is left`);
  }
}

function logTrouble(logger: Logger, trouble: UdpTrouble): void {
  switch (trouble.kind) {
    case 'listening':
      return logger.info({ at: trouble.at }, 'listening on a new address of this host');
    case 'address-gone':
      return logger.warn({ at: trouble.at }, 'this host no longer has an address that was listened on');
    case 'send-failed':
      return logger.warn({ at: trouble.at, err: trouble.error }, 'could not send a reply');
    case 'socket-failed':
      return logger.error({ at: trouble.at, err: trouble.error }, 'a socket failed; it is opened again within 5 s');
    case 'bind-failed':
      return logger.error(
        { at: trouble.at, err: trouble.error },
        'cannot listen on this address; tried again every 5 s',
      );
  }
}

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
