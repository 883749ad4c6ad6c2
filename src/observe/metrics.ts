import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ProviderFigures } from '../figures/provider.ts';
import type { QueuedMessages } from '../figures/queued.ts';
import type { Tally } from '../figures/tally.ts';
import type { Timings } from '../figures/timings.ts';
import { stages, type Traffic } from '../figures/traffic.ts';
import type { UpstreamFigures } from '../figures/upstream.ts';
import { PrometheusTimings, type Labelled } from './prometheus-timings.ts';
import { PrometheusValues, type Read, type Reading } from './prometheus-values.ts';

/** Servers of one primary, or of its accounting. */
export interface Upstreams {
  readonly primary: string;
  readonly servers: readonly UpstreamFigures[];
}

/** Where the figures are kept. They are read at each scrape, and cost nothing in between. */
export interface MetricSources {
  readonly version: string;
  readonly traffic: Traffic;
  /** What was dropped, by reason. */
  readonly drops: Tally;
  readonly eventLoop: Timings;
  readonly store: {
    readonly transactions: Tally;
    readonly took: Readonly<Record<'read' | 'write', Timings>>;
    readonly pending: number;
    readonly trouble: object | undefined;
  };
  readonly isReady: () => boolean;
  /** How many warnings there are of each kind. */
  readonly warnings: () => ReadonlyMap<string, number>;
  readonly upstreams: () => readonly Upstreams[];
  readonly providers: () => readonly ProviderFigures[];
  /** Whether each receiver of the audit took what it was last sent. */
  readonly receivers: () => readonly { readonly name: string; readonly isUp: boolean }[];
  readonly pendingLogins: () => number;
  readonly pendingReports: () => number;
  readonly rememberedRequests: () => number;
  readonly pendingChallenges: () => number;
  readonly waitingApprovals: () => number;
  /** Undefined if the store can't say now. */
  readonly queued: () => Promise<readonly QueuedMessages[] | undefined>;
}

/**
 * What Prometheus reads: names by its conventions, in base units. Labels are names of the config and words of closed lists; never a user, nor an address
 * that a packet came from.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #sources: MetricSources;
  #queued: readonly QueuedMessages[] = [];

  constructor(sources: MetricSources) {
    this.#sources = sources;
    addProcess(this.#registry);
    this.#network();
    this.#logins();
    this.#upstreams();
    this.#delivery();
    this.#storage();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All of them as text, in the exposition format 0.0.4. */
  async text(): Promise<string> {
    this.#queued = (await this.#sources.queued()) ?? [];
    return this.#registry.metrics();
  }

  #network(): void {
    const { version, traffic, drops, eventLoop, isReady, warnings } = this.#sources;
    const { pendingLogins, pendingReports, rememberedRequests } = this.#sources;
    this.#gauge('radgate_build_info', 'Always 1: the version of radgate, and of the Node.js that runs it', {
      labels: ['version', 'node'],
      read: () => [[[version, process.version], 1]],
    });
    this.#gauge('radgate_ready', 'Whether logins can be decided, as far as that is known', {
      read: () => [[[], Number(isReady())]],
    });
    this.#gauge('radgate_upkeep_warnings', 'What will hurt unless somebody sees to it: /healthz has the words', {
      labels: ['kind'],
      read: () => Array.from(warnings(), ([kind, count]) => [[kind], count]),
    });
    this.#tally('radgate_requests_total', 'Verified requests, retransmissions included', traffic.requests);
    this.#tally('radgate_duplicate_requests_total', 'Requests that came before: retransmissions', traffic.duplicates);
    this.#tally('radgate_replies_total', 'Replies that were sent, repeated ones included', traffic.replies);
    this.#tally('radgate_drops_total', 'Packets that were dropped without an answer', drops);
    this.#gauge('radgate_pending_requests', 'Requests that are being worked on', {
      labels: ['kind'],
      read: () => [
        [['login'], pendingLogins()],
        [['accounting'], pendingReports()],
      ],
    });
    this.#gauge('radgate_remembered_requests', 'Requests that duplicate detection remembers', {
      read: () => [[[], rememberedRequests()]],
    });
    this.#timings(
      'radgate_event_loop_delay_seconds',
      'How late the event loop is, sampled ten times a second',
      [],
      () => [[[], eventLoop]],
    );
  }

  #logins(): void {
    const { traffic, pendingChallenges, waitingApprovals } = this.#sources;
    this.#tally('radgate_logins_total', 'Logins that have ended', traffic.logins);
    this.#tally('radgate_challenges_total', 'Questions that were asked on the way of a login', traffic.challenges);
    this.#timings(
      'radgate_login_stage_seconds',
      'Where the time of a request went: waiting for the primary, the store, or the approval of the user',
      ['stage'],
      () => stages.map((stage) => [[stage], traffic.stages[stage]]),
    );
    this.#timings(
      'radgate_request_duration_seconds',
      'From the arrival of a request to its verdict, without the delay of rejects',
      [],
      () => [[[], traffic.requestsTook]],
    );
    this.#gauge('radgate_pending_challenges', 'Logins that wait for an answer of their user', {
      read: () => [[[], pendingChallenges()]],
    });
    this.#gauge('radgate_waiting_approvals', 'Requests that wait for a user to approve', {
      read: () => [[[], waitingApprovals()]],
    });
  }

  #upstreams(): void {
    const labels = ['primary', 'server'];
    const each = (): [values: string[], server: UpstreamFigures][] =>
      this.#sources
        .upstreams()
        .flatMap(({ primary, servers }) =>
          servers.map((one): [string[], UpstreamFigures] => [[primary, one.server], one]),
        );
    this.#gauge('radgate_upstream_up', 'Whether a server answered when it was last asked', {
      labels,
      read: () => each().map(([values, { isUp }]) => [values, Number(isUp)]),
    });
    this.#gauge('radgate_upstream_outstanding_requests', 'Questions that a server has not answered yet', {
      labels,
      read: () => each().map(([values, { outstanding }]) => [values, outstanding]),
    });
    this.#counter('radgate_upstream_requests_total', 'Questions to a server, by what became of them', {
      labels: [...labels, 'result'],
      read: () => each().flatMap(([values, { asked }]) => readingsOf(asked, values)),
    });
    this.#timings('radgate_upstream_request_duration_seconds', 'How long answers of a server took', labels, () =>
      each().map(([values, { took }]) => [values, took]),
    );
  }

  #delivery(): void {
    const { providers, receivers } = this.#sources;
    this.#gauge('radgate_provider_up', 'Whether a provider is asked in its turn: 0 while it fails', {
      labels: ['provider'],
      read: () => providers().map(({ provider, isUp }) => [[provider], Number(isUp)]),
    });
    this.#counter('radgate_provider_calls_total', 'Calls of a provider with a message, by what became of them', {
      labels: ['provider', 'channel', 'result'],
      read: () => providers().flatMap(({ provider, calls }) => readingsOf(calls, [provider])),
    });
    this.#timings('radgate_provider_call_duration_seconds', 'How long calls of a provider took', ['provider'], () =>
      providers().map(({ provider, took }) => [[provider], took]),
    );
    this.#gauge('radgate_outbox_messages', 'Messages in the outbox that are not sent yet, of all nodes', {
      labels: ['channel', 'state'],
      read: () => this.#queued.map(({ channel, state, count }) => [[channel, state], count]),
    });
    this.#gauge('radgate_siem_up', 'Whether a receiver of the audit took what it was last sent', {
      labels: ['siem'],
      read: () => receivers().map(({ name, isUp }) => [[name], Number(isUp)]),
    });
  }

  #storage(): void {
    const { store } = this.#sources;
    this.#tally('radgate_store_transactions_total', 'Transactions of the store', store.transactions);
    this.#timings(
      'radgate_store_transaction_duration_seconds',
      'How long transactions took, from asking to the commit',
      ['access'],
      () => (['read', 'write'] as const).map((access) => [[access], store.took[access]]),
    );
    this.#gauge('radgate_store_pending_transactions', 'Transactions under way', {
      read: () => [[[], store.pending]],
    });
    this.#gauge('radgate_store_up', 'Whether the store has committed since it last could not', {
      read: () => [[[], Number(store.trouble === undefined)]],
    });
  }

  #tally(name: string, help: string, tally: Tally): void {
    this.#counter(name, help, { labels: tally.labels, read: () => readingsOf(tally, []) });
  }

  #counter(name: string, help: string, values: Read): void {
    this.#registry.registerMetric(new PrometheusValues('counter', name, help, values));
  }

  #gauge(name: string, help: string, values: Read): void {
    this.#registry.registerMetric(new PrometheusValues('gauge', name, help, values));
  }

  #timings(name: string, help: string, labels: readonly string[], read: () => readonly Labelled[]): void {
    this.#registry.registerMetric(new PrometheusTimings(name, help, labels, read));
  }
}

/** Of what the library tells of every process: the rest is of no use here, or named against the conventions. */
const ofTheProcess = /^(process_|nodejs_gc_|nodejs_heap_size_|nodejs_external_memory_)/;

function addProcess(registry: Registry): void {
  // Its own look at the event loop is not kept, and cannot be left out: it is made seldom, in milliseconds.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 10_000 });
  for (const { name } of registry.getMetricsAsArray()) if (!ofTheProcess.test(name)) registry.removeSingleMetric(name);
}

function readingsOf(tally: Tally, before: readonly string[]): Reading[] {
  return tally.counted().map(({ values, count }) => [[...before, ...values], count]);
}
