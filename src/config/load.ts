import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { OperatorError } from '../errors.ts';
import type { Context } from './context.ts';
import { derive } from './derive.ts';
import { deepFreeze } from './freeze.ts';
import { locate, type Path } from './locate.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { isMissing, readSmallFile, reasonOf, type SmallFile } from './read-file.ts';
import { octal } from './read-secret.ts';
import { readSections } from './read-sections.ts';
import type { Table } from './read-table.ts';
import type { Section } from './row.ts';
import { checkRules } from './rules.ts';
import { type Config, schema } from './schema.ts';
import { tomlReason } from './toml-reason.ts';
import { warnOf } from './warnings.ts';

/** The largest config file, in octets. */
const largest = 1024 * 1024;
/** Deeper than any value needs; bounds the recursion over a broken file. */
const deepest = 16;

export interface LoadedConfig {
  /** Deeply frozen. */
  readonly config: Config;
  /** What works but is weaker than the defaults or probably not meant; in the order of the lines. To be logged at every start. */
  readonly warnings: readonly ConfigProblem[];
}

/**
 * Reads and validates a config file and the secrets that it names.
 * @param file TOML in UTF-8, at most 1 MiB
 * @param env where `x_env` and $CREDENTIALS_DIRECTORY are looked up
 * @throws ConfigError with every problem at once; OperatorError 'config-missing' if there is no such file
 */
export function loadConfig(file: string, env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const { bytes, mode } = read(file);
  const { tree, text } = parseToml(file, bytes);
  const lineOf = locate(text);
  const errors = new Map<string, ConfigProblem>();
  const warnings: ConfigProblem[] = [];
  const context: Context = {
    dir: dirname(resolve(file)),
    env,
    error: (path, message) => {
      const key = JSON.stringify(path);
      if (!errors.has(key)) errors.set(key, { file, line: lineOf(path), message });
    },
    warn: (path, message) => warnings.push({ file, line: lineOf(path), message }),
  };

  const draft = readSections(tree, context);
  derive(draft);
  checkRules(draft, context);
  if (errors.size > 0) throw new ConfigError(inOrder([...errors.values()]));

  // No error: every option that Config has for certain is there.
  const config = deepFreeze(draft as Config);
  warnOf(config, context.warn);
  const inline = inlineSecret(tree);
  if (inline && (mode & 0o044) !== 0)
    context.warn(
      inline,
      `this file holds a secret and others may read it (mode ${octal(mode)}); run: chmod 600 ${JSON.stringify(file)}`,
    );
  return { config, warnings: inOrder(warnings) };
}

function read(file: string): SmallFile {
  let content;
  try {
    content = readSmallFile(file, largest);
  } catch (error) {
    if (isMissing(error))
      throw new OperatorError('config-missing', `there is no config file ${file}`, { cause: error });
    throw new ConfigError([{ file, line: 1, message: `cannot read this file: ${reasonOf(error)}` }]);
  }
  if (content) return content;
  throw new ConfigError([{ file, line: 1, message: 'this file is larger than 1 MiB, which no config is' }]);
}

function parseToml(file: string, bytes: Buffer): { readonly tree: Table; readonly text: string } {
  if (!isUtf8(bytes))
    throw new ConfigError([{ file, line: lineOfBadText(bytes), message: 'this line is not UTF-8, as TOML must be' }]);
  const text = bytes.toString();
  try {
    return { tree: parse(text, { maxDepth: deepest }), text };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line alone, and no cause: what follows quotes the file, secrets and all.
    const [what = ''] = error.message.split('\n');
    throw new ConfigError([{ file, line: error.line, column: error.column, message: tomlReason(what) }]);
  }
}

/** No octet of a multi-octet character is a newline, so each line can be looked at by itself. */
function lineOfBadText(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end;
  }
  return line;
}

/** The first secret that is written in the file itself. */
function inlineSecret(tree: Table): Path | undefined {
  for (const [section, { rows, variants }] of Object.entries<Section>(schema)) {
    const keys = [rows, ...Object.values(variants ?? {})]
      .flatMap((some) => Object.entries(some))
      .flatMap(([key, { type }]) => (type.secret ? [key] : []));
    const tables = [tree[section]].flat() as (Table | undefined)[];
    for (const [i, table] of tables.entries())
      for (const key of keys)
        if (typeof table?.[key] === 'string')
          return schema[section as keyof Config].many ? [section, i, key] : [section, key];
  }
  return undefined;
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line);
}
