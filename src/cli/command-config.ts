import { demoConfig } from '../config/demo.ts';
import { findConfig } from '../config/find.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { override } from '../config/override.ts';
import { OperatorError } from '../errors.ts';
import type { CommonOptions } from './common-options.ts';
import { demoDirectory, readDemo, secretOf } from './demo/data.ts';

export interface CommandConfig extends LoadedConfig {
  /** The config file; undefined for the demo's config. */
  readonly file: string | undefined;
}

/**
 * The config that a command works with: that of the file, or without one that of the demo.
 * @throws OperatorError 'config-missing' if there is neither, and what loadConfig throws
 */
export function commandConfig({ config: given, data }: CommonOptions): CommandConfig {
  const file = findConfig(given);
  if (file !== undefined) {
    const { config, warnings } = loadConfig(file, process.env);
    return { file, config: override(config, { data }), warnings };
  }
  const dir = demoDirectory(data);
  const demo = readDemo(dir);
  if (!demo) throw new OperatorError('config-missing', `there is no radius.conf here, and no demo in ${dir}`);
  return { file: undefined, config: demoConfig(dir, secretOf(demo)), warnings: [] };
}
