/** What each file `NAME.bench.ts` exports as `benchmark`: `npm run bench -- NAME` runs it. */
export interface Benchmark {
  /** Heads its section of docs/performance.md. */
  readonly title: string;
  /** @returns the section, in Markdown */
  run(): Promise<string>;
}
