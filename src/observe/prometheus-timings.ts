import { Histogram } from 'prom-client';
import { usualBounds, type Timings } from '../figures/timings.ts';

/** Timings, and the values of their labels. */
export type Labelled = readonly [values: readonly string[], timings: Timings];

type Values = Awaited<ReturnType<Histogram['get']>>;

/** Timings as Prometheus reads a histogram: they stay where they are counted, and are read at each scrape. All have the same bounds. */
export class PrometheusTimings extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #labels: readonly string[];
  readonly #read: () => readonly Labelled[];

  constructor(name: string, help: string, labels: readonly string[], read: () => readonly Labelled[]) {
    super({ name, help, labelNames: [...labels], buckets: [...usualBounds], registers: [] });
    this.#name = name;
    this.#help = help;
    this.#labels = labels;
    this.#read = read;
  }

  override async get(): Promise<Values> {
    const values = this.#read().flatMap((one) => this.#valuesOf(one));
    // The library's types have its kinds as numbers; it writes them as these words.
    return { name: this.#name, help: this.#help, type: 'histogram', aggregator: 'sum', values } as unknown as Values;
  }

  /** What the registry asks for instead of get, where there is one. */
  getForPromString(): Promise<Values> {
    return this.get();
  }

  #valuesOf([values, timings]: Labelled): Values['values'] {
    const name = this.#name;
    const labels = Object.fromEntries(this.#labels.map((label, i) => [label, values[i] ?? '']));
    const buckets = timings.cumulative().map((value, i) => ({
      metricName: `${name}_bucket`,
      labels: { ...labels, le: String(timings.bounds[i] ?? '+Inf') },
      value,
    }));
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: timings.sum },
      { metricName: `${name}_count`, labels, value: timings.count },
    ];
  }
}
