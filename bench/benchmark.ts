/** What each file `NAME.bench.ts` exports as `benchmark`: `npm run bench -- NAME` runs it. */
export interface Benchmark {
  /** Heads its section of docs/performance.md. */
  readonly title: string;
  /** @param whole `--full`: at the size that is promised, which takes minutes, where it is less by default @returns the section, in Markdown */
  run(whole: boolean): Promise<string>;
}
