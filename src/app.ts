import { AccountingIntake } from './accounting/accounting-intake.ts';
import type { Accounting } from './accounting/accounting.ts';
import { ApprovalWaits } from './approval/approval-waits.ts';
import { decidedApprovals, purgeApprovals } from './approval/decided-approvals.ts';
import type { Change } from './audit/change.ts';
import { recordChange } from './audit/record-change.ts';
import { Retention } from './audit/retention.ts';
import { accountingOf, buildAccountings } from './build/build-accounting.ts';
import { buildApprovals } from './build/build-approvals.ts';
import { buildPrimary } from './build/build-primary.ts';
import { buildRunner } from './build/build-runner.ts';
import { buildReceivers, startStreams } from './build/build-siem.ts';
import { buildWorker } from './build/build-worker.ts';
import { nasOf } from './build/nas-of.ts';
import { openStore } from './build/open-store.ts';
import { openWeb } from './build/open-web.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config/schema.ts';
import { Duplicates } from './dedupe/duplicates.ts';
import { textsOf } from './deliver/texts-of.ts';
import { Intake } from './login/intake.ts';
import { MemoryWaitingLogins } from './login/waiting-memory.ts';
import { StoreWaitingLogins } from './login/waiting-store.ts';
import type { WaitingLogin } from './login/waiting.ts';
import { NasTable } from './nas/nas-table.ts';
import { SeenAuthenticators } from './nas/seen-authenticators.ts';
import { DropLog } from './observe/drop-log.ts';
import type { Logger } from './observe/logger.ts';
import { loadProxyMark } from './primary/proxy-mark.ts';
import { UdpTransport, type Peer, type UdpTrouble } from './transport/udp.ts';
import type { WebServer } from './web/server.ts';

/** A running radgate. */
export interface Service {
  /** Every UDP address it listens on. */
  readonly listening: readonly string[];
  /** Every TCP address that its pages are served at. */
  readonly pages: readonly string[];
  /** Tells the audit of what happens to the service as a whole; the log, if it can't. */
  note(change: Change, detail: string): Promise<void>;
  /** Takes no more requests, lets the logins under way finish for `[login] drain` at most, and lets go of everything. */
  stop(): Promise<void>;
}

/** Requests that duplicate detection remembers: at 10 s each, 20,000 requests a second. */
const maxDuplicates = 200_000;
const maxUnauthenticDuplicates = 20_000;
const maxUnauthenticInAll = maxDuplicates / 2;

/**
 * Builds every part from the config and starts to listen. Nothing else constructs them.
 * @param onDeath told if the service can't go on: it should be started anew
 * @throws OperatorError if the store can't be opened or an address can't be listened on
 */
export async function startService(config: Config, logger: Logger, onDeath: (error: Error) => void): Promise<Service> {
  const clock = systemClock;
  // What is wrong with them is told before anything is opened.
  const texts = textsOf(config);
  const receivers = buildReceivers(config);
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
  const runner = buildRunner(config, {
    texts,
    store,
    waiting,
    primaries,
    mark,
    approvals,
    logger,
    onQueued: () => worker.nudge(),
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
  const { keep } = config.audit;
  const retention =
    keep === undefined
      ? undefined
      : new Retention({
          store,
          clock,
          keep,
          every: purgeAuditEvery,
          onTrouble: (error) => logger.warn({ err: error }, 'old rows of the audit could not be removed; tried again'),
        });
  const streams = startStreams(receivers, store, logger);
  const closeAll = async (): Promise<void> => {
    clearInterval(purge);
    await retention?.stop();
    await Promise.all(streams.map((stream) => stream.stop()));
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
    note: async (change, detail) => {
      try {
        await store.run(recordChange, { change, detail });
      } catch (error) {
        logger.warn({ err: error, what: change.command }, 'audit row not written');
      }
    },
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

/** How often the store is asked for what was decided on the pages of other nodes, in milliseconds. */
const lookForDecisions = 1_000;
/** How long approvals are kept after their end, in milliseconds: links that are opened late are told from those that never were. */
const keepApprovals = 24 * 60 * 60_000;
const purgeApprovalsEvery = 60 * 60_000;
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

function elapsed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
