import { systemClock } from './clock.ts';
import type { Client, Config, Primary as PrimaryConfig } from './config/schema.ts';
import { Duplicates } from './dedupe/duplicates.ts';
import { buildProvider } from './deliver/build-provider.ts';
import { textsOf } from './deliver/texts-of.ts';
import { DeliveryWorker } from './deliver/worker.ts';
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
import type { LockoutRules } from './policy/lockout.ts';
import { randomOctets } from './random.ts';
import { LocalPrimary } from './primary/local.ts';
import type { Primary } from './primary/primary.ts';
import { RadiusPrimary, type ServerHealth } from './primary/radius.ts';
import { importIsUnfinished } from './store/import.ts';
import { databaseIsCurrent } from './store/inspect-postgres.ts';
import { storeIsCurrent as fileIsCurrent } from './store/inspect-sqlite.ts';
import { PostgresStore, type PostgresStoreOptions } from './store/postgres-store.ts';
import type { SqliteOptions } from './store/sqlite-driver.ts';
import { SqliteStore } from './store/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { UdpTransport, type UdpTrouble } from './transport/udp.ts';

/** A running radgate. */
export interface Service {
  /** Every UDP address it listens on. */
  readonly listening: readonly string[];
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
  textsOf(config);
  const store = await openStore(config, onDeath);
  const drops = new DropLog(logger, clock);
  const seen = await SeenAuthenticators.load(store, (error) =>
    logger.warn({ err: error }, 'could not remember who signs'),
  );
  const primaries = new Map(
    config.primary.map((primary) => [primary.name, buildPrimary(primary, store, seen, drops, logger)]),
  );
  const { login } = config;
  const onAbandoned = (abandoned: WaitingLogin): void => runner.abandoned(abandoned);
  const waitingOptions = { lifetime: login.challenge_timeout, max: login.max_waiting, onAbandoned, clock };
  const waiting =
    config.store.waiting === 'store'
      ? new StoreWaitingLogins({ ...waitingOptions, store })
      : new MemoryWaitingLogins(waitingOptions);
  const runner = new Runner({
    store,
    waiting,
    primaryOf: ({ name, primary }) => {
      const found = primaries.get(primary);
      if (!found) throw new Error(`client ${name} names the primary ${primary}, which does not exist`);
      return found;
    },
    clock,
    logger,
    attempts: login.attempts,
    lockout: lockoutRules(config),
    windows: windows(config),
    prompts: { first: login.prompt, afterWrong: login.prompt_again, afterUsed: login.prompt_used },
  });
  const worker = buildWorker(config, store, logger);
  const duplicates = new Duplicates({
    clock,
    window: login.duplicate_window,
    max: maxDuplicates,
    maxUnauthentic: maxUnauthenticDuplicates,
    maxUnauthenticInAll,
  });
  const intake = new Intake({
    clients: new NasTable(config.client.map((client) => ({ nas: nasOf(client), addresses: client.address }))),
    seen,
    duplicates,
    runner,
    drops,
    logger,
    clock,
    maxPending: login.max_pending,
    rejectDelay: login.reject_delay,
  });
  const closeAll = async (): Promise<void> => {
    drops.close();
    await worker.stop(drainOfMessages);
    await waiting.close();
    await Promise.all([...primaries.values()].map((primary) => primary.close()));
    await store.close();
  };
  const transport = await UdpTransport.listen({
    endpoints: config.listen.auth,
    onDatagram: (datagram, peer) => intake.onDatagram(datagram, peer),
    onTrouble: (trouble) => logTrouble(logger, trouble),
  }).catch(async (error: unknown) => {
    await closeAll();
    throw error;
  });

  worker.start();
  return {
    listening: transport.listening,
    stop: async () => {
      transport.stopIntake();
      const left = await Promise.race([intake.idle().then(() => 0), elapsed(login.drain).then(() => intake.pending)]);
      if (left > 0) logger.warn({ left }, 'stopped with logins under way: their devices will ask again');
      await transport.close();
      await closeAll();
    },
  };
}

/** How long messages under way may take at the end, in milliseconds; another node or the next start sends what is left. */
const drainOfMessages = 5_000;

function buildWorker(config: Config, store: Store, logger: Logger): DeliveryWorker {
  const { concurrency: most, lease, poll, keep } = config.deliver;
  const onReceipt: DeliveryWorker['noteReceipt'] = (receipt) => worker.noteReceipt(receipt);
  const worker = new DeliveryWorker({
    store,
    providers: config.provider.map((provider) => buildProvider(provider, { clock: systemClock, onReceipt })),
    concurrency: { sms: most, voice: most, email: most },
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
    deadline: client.deadline,
  };
}

function buildPrimary(
  config: PrimaryConfig,
  store: Store,
  seen: SeenAuthenticators,
  drops: DropLog,
  logger: Logger,
): Primary {
  switch (config.type) {
    case 'local':
      return new LocalPrimary(config.name, store, systemClock);
    case 'radius':
      return new RadiusPrimary({
        name: config.name,
        servers: config.server,
        secret: new SharedSecret(config.secret.bytes),
        messageAuthenticator: config.message_authenticator,
        timeout: config.timeout,
        tries: config.tries,
        source: config.source,
        outerIdentity: config.outer_identity,
        clock: systemClock,
        seen,
        drops,
        onHealth: (health) => logHealth(logger, health),
      });
  }
}

function logHealth(logger: Logger, { primary, server, trouble }: ServerHealth): void {
  if (trouble === undefined) return logger.info({ primary, server }, 'an upstream server answers again');
  logger.warn(
    { primary, server, trouble },
    `an upstream server ${trouble}: others are asked before it for a while; "radgate check --connect" says what may be wrong`,
  );
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
