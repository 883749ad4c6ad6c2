import type { CommonOptions } from './common-options.ts';

/** What `radgate serve` takes. */
export interface ServeOptions extends CommonOptions {
  readonly listen?: string;
  readonly logLevel?: string;
}
