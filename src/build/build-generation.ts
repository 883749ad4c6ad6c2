import { readFileSync } from 'node:fs';
import { AccountingIntake } from '../accounting/accounting-intake.ts';
import type { Accounting } from '../accounting/accounting.ts';
import type { AnswerLimits } from '../approval/answer-limits.ts';
import type { ApprovalWaits } from '../approval/approval-waits.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import type { Duplicates } from '../dedupe/duplicates.ts';
import type { BuildOptions } from '../deliver/build-provider.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import { textsOf } from '../deliver/texts-of.ts';
import type { DeliveryWorker } from '../deliver/worker.ts';
import type { Traffic } from '../figures/traffic.ts';
import { Generation } from '../generation.ts';
import { Intake } from '../login/intake.ts';
import type { WaitingLogins } from '../login/waiting.ts';
import { NasTable } from '../nas/nas-table.ts';
import type { ObservedClients } from '../nas/observed-clients.ts';
import type { SeenAuthenticators } from '../nas/seen-authenticators.ts';
import type { DropLog } from '../observe/drop-log.ts';
import type { Logger } from '../observe/logger.ts';
import type { Carrier } from '../policy/carrier.ts';
import type { Primary } from '../primary/primary.ts';
import type { SharedParts } from '../shared-parts.ts';
import type { Store } from '../store/store.ts';
import type { Tracing } from '../trace/tracing.ts';
import type { UnderWay } from '../under-way.ts';
import { accountingOf, buildAccountings } from './build-accounting.ts';
import { buildApprovals } from './build-approvals.ts';
import { buildDeciding } from './build-deciding.ts';
import { buildPrimary } from './build-primary.ts';
import { buildRunner } from './build-runner.ts';
import { buildWorker } from './build-worker.ts';
import { nasOf } from './nas-of.ts';
import { replyAttributes } from './reply-attributes.ts';
import { buildPages } from './open-web.ts';

/** What lives as long as the service, over all readings of the config. */
export interface Lasting {
  readonly store: Store;
  readonly logger: Logger;
  readonly drops: DropLog;
  readonly traffic: Traffic;
  readonly tracing: Tracing;
  readonly seen: SeenAuthenticators;
  /** As loadProxyMark gives it. */
  readonly mark: Buffer;
  readonly waiting: WaitingLogins;
  readonly waits: ApprovalWaits;
  readonly answerLimits: AnswerLimits;
  readonly duplicates: Duplicates;
  readonly observed: ObservedClients;
  readonly reportDuplicates: Duplicates;
  /** All logins, and all reports, under way. */
  readonly logins: UnderWay;
  readonly reports: UnderWay;
  readonly primaries: SharedParts<Primary>;
  readonly accountings: SharedParts<Accounting>;
  readonly workers: SharedParts<DeliveryWorker>;
  /** Why logins will fail now, as far as that is known. */
  readonly unready: () => readonly string[];
  /** There may be something to send: for the worker of the current generation. */
  readonly onQueued: () => void;
  /** A text came in by a provider's connection: for the answers of the current generation. */
  readonly onText: BuildOptions['onText'];
}

/**
 * Builds what hangs on the config alone; nothing of it listens or sends yet.
 * @throws OperatorError or ConfigError if a file that the config names can't be used; then nothing is left behind
 */
export function buildGeneration(config: Config, lasting: Lasting): Generation {
  const upstreams: Release[] = [];
  const sender: Release[] = [];
  const { workers, store, logger, onText } = lasting;
  const sending = { deliver: config.deliver, providers: config.provider.map(withAuthority) };
  try {
    const texts = textsOf(config);
    const primaries = takePrimaries(config, lasting, takeInto(upstreams));
    const accountings = takeAccountings(config, lasting, takeInto(upstreams));
    const worker = takeInto(sender)(workers, sending, () => buildWorker(config, store, logger, onText));
    const releases = { releaseWorker: () => releaseAll(sender), releaseUpstreams: () => releaseAll(upstreams) };
    return generationOf(config, texts, lasting, { primaries, accountings, worker, ...releases });
  } catch (error) {
    releaseAll([...sender, ...upstreams]).catch((trouble: unknown) =>
      logger.warn({ err: trouble }, 'what a config that was not taken had opened could not be let go of'),
    );
    throw error;
  }
}

type Release = () => Promise<void>;
type Take = <T>(shared: SharedParts<T>, settings: unknown, make: () => T) => T;

/** Takes parts, and notes how to let each go. */
function takeInto(releases: Release[]): Take {
  return (shared, settings, make) => {
    const part = shared.take(settings, make);
    releases.push(() => shared.release(part));
    return part;
  };
}

async function releaseAll(releases: readonly Release[]): Promise<void> {
  await Promise.all(releases.map((release) => release()));
}

function takePrimaries(config: Config, lasting: Lasting, take: Take): Map<string, Primary> {
  const { mark, store, seen, drops, logger, primaries } = lasting;
  const attributes = replyAttributes(config);
  return new Map(
    config.primary.map((one) => [
      one.name,
      take(primaries, { primary: withAuthority(one), ...(one.type === 'ldap' ? { attributes } : {}) }, () =>
        buildPrimary(one, attributes, mark, store, seen, drops, logger),
      ),
    ]),
  );
}

function takeAccountings(config: Config, lasting: Lasting, take: Take): Map<string, Accounting> {
  const { store, drops, logger, accountings } = lasting;
  if (!config.listen.acct) return new Map();
  return buildAccountings(config, store, drops, logger, (settings, make) => take(accountings, settings, make));
}

/** Its settings, and what is in the file of its certificate authority: that may be another, under the same name. */
function withAuthority(settings: object): object {
  return 'ca_file' in settings && typeof settings.ca_file === 'string'
    ? { settings, authority: contentOf(settings.ca_file) }
    : settings;
}

/** Undefined if it can't be read, which whoever needs it tells. */
function contentOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

interface Taken {
  readonly primaries: ReadonlyMap<string, Primary>;
  readonly accountings: ReadonlyMap<string, Accounting>;
  readonly worker: DeliveryWorker;
  readonly releaseWorker: Release;
  readonly releaseUpstreams: Release;
}

function generationOf(
  config: Config,
  texts: AllTexts,
  lasting: Lasting,
  { primaries, accountings, ...taken }: Taken,
): Generation {
  const { store, waiting, waits, mark, logger, drops, traffic, seen, onQueued } = lasting;
  const { login } = config;
  const isDown = (method: Carrier): boolean => taken.worker.isDown(method);
  const approvals = buildApprovals(config, texts, store, waits, onQueued, isDown);
  const runner = buildRunner(config, {
    texts,
    store,
    waiting,
    primaries,
    mark,
    approvals,
    logger,
    traffic,
    onQueued,
    isDown,
  });
  const deciding = buildDeciding(config, texts, lasting);
  for (const { name } of config.client) traffic.declare(name);
  const clients = new NasTable(config.client.map((client) => ({ nas: nasOf(client), addresses: client.address })));
  const common = { clients, drops, traffic, logger, clock: systemClock, maxPending: login.max_pending };
  return new Generation({
    ...taken,
    primaries,
    accountings,
    config,
    runner,
    intake: new Intake({
      ...common,
      seen,
      duplicates: lasting.duplicates,
      observed: lasting.observed,
      runner,
      inAll: lasting.logins,
      rejectDelay: login.reject_delay,
      unready: lasting.unready,
      tracing: lasting.tracing,
    }),
    reports: new AccountingIntake({
      ...common,
      duplicates: lasting.reportDuplicates,
      accountingOf: accountingOf(config, accountings),
      inAll: lasting.reports,
    }),
    answers: deciding.answers,
    pages: buildPages(config, texts, store, deciding, onQueued),
  });
}
