import { Gauge } from 'prom-client';

/** A value, and the values of its labels in their order. */
export type Reading = readonly [values: readonly string[], value: number];

export interface Read {
  /** Default none. */
  readonly labels?: readonly string[];
  /** What there is now: each set of values once. */
  readonly read: () => readonly Reading[];
}

type Values = Awaited<ReturnType<Gauge['get']>>;

/**
 * A counter or a gauge as Prometheus reads it: its values stay where they are counted, and are read at each scrape. The library's own would hash the labels
 * of each at each scrape, which takes three times as long, while packets wait.
 */
export class PrometheusValues extends Gauge {
  readonly #type: 'counter' | 'gauge';
  readonly #name: string;
  readonly #help: string;
  readonly #read: Read;

  constructor(type: 'counter' | 'gauge', name: string, help: string, read: Read) {
    super({ name, help, labelNames: [...(read.labels ?? [])], registers: [] });
    this.#type = type;
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  override async get(): Promise<Values> {
    const { labels = [], read } = this.#read;
    const values = read().map(([texts, value]) => ({
      labels: Object.fromEntries(labels.map((label, i) => [label, texts[i] ?? ''])),
      value,
    }));
    // The library's types have its kinds as numbers; it writes them as these words.
    return { name: this.#name, help: this.#help, type: this.#type, aggregator: 'sum', values } as unknown as Values;
  }
}
