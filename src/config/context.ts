import type { Path } from './locate.ts';

/** What reading a config needs to know, and where it leaves what it finds. */
export interface Context {
  /** Where relative paths start: the directory of the config file, absolute. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Notes an error: once for each path, so that a rule doesn't repeat what the reading of a value has said. */
  readonly error: (path: Path, message: string) => void;
  readonly warn: (path: Path, message: string) => void;
}
