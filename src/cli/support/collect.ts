import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, release, totalmem, type } from 'node:os';
import { storeIsCurrent } from '../../build/open-store.ts';
import { upkeepFacts, upkeepWarnings } from '../../build/upkeep.ts';
import { systemClock } from '../../clock.ts';
import { findConfig } from '../../config/find.ts';
import { ConfigError } from '../../config/problem.ts';
import { redactedConfig } from '../../config/redacted.ts';
import type { Config } from '../../config/schema.ts';
import { secretsInFile } from '../../config/secrets-in-file.ts';
import { askHealth } from '../../control/ask-health.ts';
import { controlSocket } from '../../control/control-socket.ts';
import { OperatorError } from '../../errors.ts';
import { storeFacts } from '../../store/store-facts.ts';
import { StoreError } from '../../store/store.ts';
import { version } from '../../version.ts';
import { commandConfig, type CommandConfig } from '../command-config.ts';
import type { CommonOptions } from '../common-options.ts';
import { isoTime } from '../terminal/format-time.ts';
import { withStoreOf } from '../with-store.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { recentRows } from './recent-rows.ts';
import { secretsIn, withoutSecrets } from './without-secrets.ts';

/** What is collected, each part by its name; one that can't be had says why. */
export type Bundle = Readonly<Record<string, unknown>>;

/** Collects what helps to find a fault, without secrets. It changes nothing. @param names whether names of persons are told */
export async function collect(options: CommonOptions, names: boolean): Promise<Bundle> {
  const pseudonyms = names ? undefined : new Pseudonyms();
  const file = findConfig(options.config);
  const read = configOf(options);
  const config = 'config' in read ? read.config : undefined;
  const person = (name: string): string => pseudonyms?.of('user', name) ?? name;
  const bundle = {
    format: 1,
    made: isoTime(systemClock.wall()),
    names,
    host: hostFacts(),
    check: 'config' in read ? await attempt(() => checkOf(read)) : read,
    config:
      file === undefined
        ? 'none: this is the demo'
        : await attempt(() => redactedConfig(file, person) ?? 'it is no TOML'),
    health: config ? await healthOf(config) : whyNoConfig,
    store: config ? await attempt(() => storeOf(config)) : whyNoConfig,
    audit: config ? await attempt(() => rowsOf(config, pseudonyms)) : whyNoConfig,
  };
  const secrets = config ? secretsIn(config) : file === undefined ? [] : secretsInFile(file, process.env);
  // Only plain values are in it.
  return withoutSecrets(bundle, [...secrets, ...keysOf(config)]) as Bundle;
}

const whyNoConfig = 'not asked: the config has mistakes';

/** The config, or what is wrong with it. */
function configOf(options: CommonOptions): CommandConfig | { readonly ok: false; readonly problems: unknown } {
  try {
    return commandConfig(options);
  } catch (error) {
    if (error instanceof ConfigError) return { ok: false, problems: error.problems };
    throw error;
  }
}

async function checkOf({ config, warnings }: CommandConfig): Promise<object> {
  const upkeep = upkeepWarnings(config, await upkeepFacts(() => systemClock.wall()));
  return { ok: true, warnings, upkeep: upkeep.map(({ message }) => message) };
}

function hostFacts(): object {
  return {
    radgate: version,
    node: process.version,
    libraries: process.versions,
    system: `${type()} ${release()} ${process.arch}`,
    distribution: distribution(),
    processors: availableParallelism(),
    memory: totalmem(),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

function distribution(): string | null {
  try {
    return /^PRETTY_NAME="?([^"\n]{1,100})/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Of every process of the service. */
async function healthOf(config: Config): Promise<unknown> {
  const workers = Array.from({ length: config.listen.workers }, (_, index) => index + 1);
  return Promise.all(
    workers.map((worker) =>
      attempt(async () => {
        const path = controlSocket(config, worker);
        return path === undefined ? '[control] socket is not set' : askHealth(path);
      }),
    ),
  );
}

async function storeOf(config: Config): Promise<object | string> {
  const { url } = config.store;
  if (url.driver === 'sqlite' && !existsSync(url.path)) return 'it is not there yet';
  if (!(await storeIsCurrent(config))) return 'it is empty or of an older version';
  const facts = await withStoreOf(config, (store) => store.run(storeFacts, null));
  const size = url.driver === 'sqlite' ? sizeOf(url.path) + sizeOf(`${url.path}-wal`) : facts.size;
  const audit = { oldest: isoTime(facts.oldest), newest: isoTime(facts.newest) };
  return { driver: url.driver, schema: facts.schema, octets: size, rows: facts.rows, audit };
}

async function rowsOf(config: Config, pseudonyms: Pseudonyms | undefined): Promise<object[] | string> {
  const { url } = config.store;
  if (url.driver === 'sqlite' && !existsSync(url.path)) return 'there is no store yet';
  if (!(await storeIsCurrent(config))) return 'the store is empty or of an older version';
  return withStoreOf(config, (store) => recentRows(store, pseudonyms));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What it gives, or why it doesn't: a bundle is wanted where something is broken, be it radgate itself. */
async function attempt<T>(work: () => T | Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OperatorError || error instanceof StoreError) return `not to be had: ${error.message}`;
    return `not to be had, by a mistake of radgate's: ${whereOf(error)}`;
  }
}

/** Where an error was thrown, without its message: what nobody has foreseen may name a person, or quote what was read. */
function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames.map((frame) => frame.trim())].join(' ');
}

/** The keys that seal the store, as they are written and in octets: they are in nothing that is collected, and must not be. */
function keysOf(config: Config | undefined): Buffer[] {
  try {
    const lines = config ? readFileSync(config.store.key_file, 'utf8').trim().split(/\s+/) : [];
    return lines.flatMap((line) => [Buffer.from(line), Buffer.from(line, 'hex')]);
  } catch {
    return [];
  }
}
