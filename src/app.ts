import { setTimeout as elapsed } from 'node:timers/promises';
import { AnswerLimits } from './approval/answer-limits.ts';
import { ApprovalWaits } from './approval/approval-waits.ts';
import { decidedApprovals, purgeApprovals } from './approval/decided-approvals.ts';
import type { Change } from './audit/change.ts';
import { recordChange } from './audit/record-change.ts';
import { Retention } from './audit/retention.ts';
import { buildGeneration, type Lasting } from './build/build-generation.ts';
import { buildReceivers, startStreams } from './build/build-siem.ts';
import { DailyUpkeep } from './build/daily-upkeep.ts';
import { openPrivate } from './build/open-private.ts';
import { openStore } from './build/open-store.ts';
import { healthTeller, type ToldHealth } from './build/tell-health.ts';
import { usedPrimaries } from './build/used-primaries.ts';
import { openWeb } from './build/open-web.ts';
import { systemClock } from './clock.ts';
import { keepUntilRestart } from './config/keep-until-restart.ts';
import type { Config } from './config/schema.ts';
import { Duplicates } from './dedupe/duplicates.ts';
import { textsOf } from './deliver/texts-of.ts';
import { Traffic } from './figures/traffic.ts';
import type { Generation } from './generation.ts';
import { MemoryWaitingLogins } from './login/waiting-memory.ts';
import { StoreWaitingLogins } from './login/waiting-store.ts';
import type { WaitingLogin } from './login/waiting.ts';
import { ObservedClients } from './nas/observed-clients.ts';
import { SeenAuthenticators } from './nas/seen-authenticators.ts';
import { DropLog } from './observe/drop-log.ts';
import { Health } from './observe/health.ts';
import type { Logger } from './observe/logger.ts';
import { loadProxyMark } from './primary/proxy-mark.ts';
import { sharedClock } from './store/shared-clock.ts';
import { probeStore } from './store/probe-store.ts';
import { WatchedStore } from './store/watched-store.ts';
import { SharedParts } from './shared-parts.ts';
import { UdpTransport, type Peer, type UdpTrouble } from './transport/udp.ts';
import { UnderWay } from './under-way.ts';
import { Tracing } from './trace/tracing.ts';

/** A running radgate. */
export interface Service {
  /** Every UDP address it listens on. */
  readonly listening: readonly string[];
  /** Every TCP address that its pages are served at. */
  readonly pages: readonly string[];
  /** Every TCP address that metrics and health are told at. */
  readonly metrics: readonly string[];
  readonly health: Pick<Health, 'dead' | 'known'>;
  /** Shows logins to those who follow them. */
  readonly tracing: Pick<Tracing, 'follow'>;
  /** What /healthz tells. */
  readonly tellHealth: () => Promise<ToldHealth>;
  /** Tells the audit of what happens to the service as a whole; the log, if it can't. */
  note(change: Change, detail: string): Promise<void>;
  /**
   * Takes another config, for all requests from then on; what came before is finished by the one that it came under.
   * @returns the keys that differ and were not taken, since they need a restart
   * @throws OperatorError if a file that it names can't be used: then nothing has changed
   */
  reload(config: Config): readonly string[];
  /** Takes no more requests, lets the logins under way finish for `[login] drain` at most, and lets go of everything. */
  stop(): Promise<void>;
}

/** Requests that duplicate detection remembers: at 10 s each, 20,000 requests a second. */
const maxDuplicates = 200_000;
const maxUnauthenticDuplicates = 20_000;
const maxUnauthenticInAll = maxDuplicates / 2;

/** How to close what was opened, in the order of the opening. */
type Closers = (() => unknown)[];

/**
 * Builds every part from the config and starts to listen. Nothing else constructs them.
 * @param onDeath told if the service can't go on: it should be started anew
 * @param servesPages false for a process beside one that does
 * @throws OperatorError or ConfigError if the store can't be opened, a file that the config names can't be used, or an address can't be listened
 *   on; then nothing is left open
 */
export async function startService(
  config: Config,
  logger: Logger,
  onDeath: (error: Error) => void,
  servesPages = true,
): Promise<Service> {
  const closers: Closers = [];
  try {
    return await openAll(config, logger, onDeath, servesPages, closers);
  } catch (error) {
    await closeAll(closers).catch((trouble: unknown) => logger.warn({ err: trouble }, 'not all could be closed'));
    throw error;
  }
}

/** Closes the last first, and the others too if one can't be closed. */
async function closeAll(closers: Closers): Promise<void> {
  const close = closers.pop();
  if (!close) return;
  try {
    await close();
  } finally {
    await closeAll(closers);
  }
}

async function openAll(
  config: Config,
  logger: Logger,
  onDeath: (error: Error) => void,
  servesPages: boolean,
  closers: Closers,
): Promise<Service> {
  const clock = systemClock;
  // What is wrong with them is told before anything is opened.
  textsOf(config);
  const receivers = buildReceivers(config);
  const store = new WatchedStore(await openStore(config, onDeath), clock);
  closers.push(() => store.close());
  const mark = await store.run(loadProxyMark, null);
  const tracing = new Tracing({
    clientAt: (address) => current.intake.clientAt(address),
    mark,
    wall: () => clock.wall(),
  });
  const drops = new DropLog(logger, clock, (...dropped) => tracing.dropped(...dropped));
  closers.push(() => drops.close());
  const seen = await SeenAuthenticators.load(store, {
    onTrouble: (error) => logger.warn({ err: error }, 'could not remember who signs'),
    onFull: () =>
      logger.warn(
        'no more addresses that sign can be remembered: message_authenticator = "auto" stays open for new ones; set it to "require"',
      ),
  });
  const { login } = config;
  const onAbandoned = (abandoned: WaitingLogin): void => current.runner.abandoned(abandoned);
  const waitingOptions = { lifetime: login.challenge_timeout, max: login.max_waiting, onAbandoned, clock };
  const waiting =
    config.store.waiting === 'store'
      ? new StoreWaitingLogins({ ...waitingOptions, store })
      : new MemoryWaitingLogins(waitingOptions);
  closers.push(() => waiting.close());
  const waits = new ApprovalWaits({
    look: (ids) => store.run(decidedApprovals, ids),
    interval: lookForDecisions,
    onTrouble: (error) => logger.warn({ err: error }, 'could not look for decided approvals; tried again'),
  });
  const remembered = {
    clock,
    window: login.duplicate_window,
    max: maxDuplicates,
    maxUnauthentic: maxUnauthenticDuplicates,
    maxUnauthenticInAll,
  };
  const observed = new ObservedClients({
    store,
    clock,
    every: writeObservedEvery,
    onTrouble: (error) => logger.warn({ err: error }, 'what clients did could not be kept; tried again'),
  });
  closers.push(() => observed.stop());
  const lasting: Lasting = {
    store,
    logger,
    drops,
    traffic: new Traffic(),
    tracing,
    seen,
    mark,
    waiting,
    waits,
    answerLimits: new AnswerLimits(clock),
    duplicates: new Duplicates(remembered),
    observed,
    reportDuplicates: new Duplicates(remembered),
    logins: new UnderWay(),
    reports: new UnderWay(),
    primaries: new SharedParts((primary) => primary.close()),
    accountings: new SharedParts((accounting) => accounting.close()),
    workers: new SharedParts((worker) => worker.stop(drainOfMessages)),
    unready: () => health.known(),
    onQueued: () => current.worker.nudge(),
    onText: (provider, text) => current.answers.take(provider, text),
  };
  const health = new Health({
    clock,
    store,
    probe: () => store.run(probeStore, null),
    primaries: () => usedPrimaries(current),
  });
  closers.push(() => health.close());
  let current = buildGeneration(config, lasting);
  /** Those that still finish what they took. */
  const retiring = new Set<Generation>();
  closers.push(() => Promise.all([current, ...retiring].map((generation) => generation.close())));
  const retire = async (generation: Generation): Promise<void> => {
    retiring.add(generation);
    try {
      await generation.retire(generation.config.login.drain);
    } catch (error) {
      logger.warn({ err: error }, 'what an old config used could not be let go of');
    } finally {
      retiring.delete(generation);
    }
  };
  const purge = setInterval(() => {
    store
      .run(purgeApprovals, clock.wall() - keepApprovals)
      .catch((error: unknown) => logger.warn({ err: error }, 'old approvals could not be removed; tried again'));
  }, purgeApprovalsEvery).unref();
  const forget = setInterval(() => {
    lasting.duplicates.sweep();
    lasting.reportDuplicates.sweep();
  }, forgetDuplicatesEvery).unref();
  closers.push(() => {
    clearInterval(purge);
    clearInterval(forget);
  });
  const { keep } = config.audit;
  if (keep !== undefined) {
    const retention = new Retention({
      store,
      clock,
      keep,
      every: purgeAuditEvery,
      onTrouble: (error) => logger.warn({ err: error }, 'old rows of the audit could not be removed; tried again'),
    });
    closers.push(() => retention.stop());
  }
  const streams = startStreams(receivers, store, logger);
  closers.push(() => Promise.all(streams.map((stream) => stream.stop())));
  const upkeep = new DailyUpkeep({
    config: () => current.config,
    wall: () => clock.wall(),
    sharedNow: () => store.run(sharedClock, null),
    logger,
    every: lookAtUpkeepEvery,
  });
  closers.push(() => upkeep.close());
  const parts = { lasting, store, current: () => current, receivers: streams, health, upkeep, clock };
  const tellHealth = healthTeller(parts);
  const onTrouble = (trouble: UdpTrouble): void => logTrouble(logger, trouble);
  const transports: UdpTransport[] = [];
  closers.push(() => Promise.all(transports.map((transport) => transport.close())));
  for (const [endpoints, takes] of [
    [config.listen.auth, 'intake'],
    [config.listen.acct ?? [], 'reports'],
  ] as const) {
    if (endpoints.length === 0) continue;
    const onDatagram = (datagram: Buffer, peer: Peer): void => current[takes].onDatagram(datagram, peer);
    transports.push(await UdpTransport.listen({ endpoints, shared: config.listen.workers > 1, onDatagram, onTrouble }));
  }
  const web = servesPages ? await openWeb(config, current.pages, logger) : undefined;
  if (web) closers.push(() => web.close());
  const own = config.metrics.listen && (await openPrivate(config.metrics.listen, parts, tellHealth));
  if (own) closers.push(() => own.close());

  current.worker.start();
  void upkeep.look();
  return {
    listening: transports.flatMap(({ listening }) => listening),
    pages: web?.listening ?? [],
    metrics: own?.listening ?? [],
    health,
    tracing,
    tellHealth,
    note: async (change, detail) => {
      try {
        await store.run(recordChange, { change, detail });
      } catch (error) {
        logger.warn({ err: error, what: change.command }, 'audit row not written');
      }
    },
    reload: (wanted) => {
      const { config: next, restart } = keepUntilRestart(config, wanted);
      const old = current;
      current = buildGeneration(next, lasting);
      logger.level = next.log.level;
      if (current.pages) web?.replacePages(current.pages);
      if (current.worker !== old.worker) current.worker.start();
      void retire(old);
      void upkeep.look();
      return restart;
    },
    stop: async () => {
      health.stop();
      for (const transport of transports) transport.stopIntake();
      waits.stop();
      const all = [current, ...retiring];
      const done = Promise.all(all.map((generation) => generation.idle())).then(() => 0);
      const pending = (): number => lasting.logins.count + lasting.reports.count;
      const drained = elapsed(current.config.login.drain, undefined, { ref: false });
      const left = await Promise.race([done, drained.then(pending)]);
      if (left > 0) logger.warn({ left }, 'stopped with requests under way: their devices will ask again');
      await closeAll(closers);
    },
  };
}

/** How often the store is asked for what was decided on the pages of other nodes, in milliseconds. */
const lookForDecisions = 1_000;
/** How long approvals are kept after their end, in milliseconds: links that are opened late are told from those that never were. */
const keepApprovals = 24 * 60 * 60_000;
/** How often replies whose window is over are forgotten while no request comes, which does it too. In milliseconds. */
const forgetDuplicatesEvery = 1_000;
const purgeApprovalsEvery = 60 * 60_000;
const lookAtUpkeepEvery = 24 * 60 * 60_000;
/** How often what clients were seen to do goes to the store, in milliseconds. */
const writeObservedEvery = 60_000;
const purgeAuditEvery = 60 * 60_000;

/** How long messages under way may take at the end, in milliseconds; another node or the next start sends what is left. */
const drainOfMessages = 5_000;

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
