import { join, resolve } from 'node:path';
import type { Context } from './context.ts';
import type { Path } from './locate.ts';
import { readSmallFile, reasonOf } from './read-file.ts';
import type { ValueType } from './row.ts';
import { Secret } from './secret.ts';

/** The keys that may give the secret `key`: in the file itself, in another file, in the environment, from systemd. */
export function secretKeys(key: string): readonly string[] {
  return [key, `${key}_file`, `${key}_env`, `${key}_credential`];
}

/** No secret is larger, in octets. */
const largest = 64 * 1024;

/** Thrown within this file: what is wrong with a key's value, as a predicate that doesn't quote it. */
class Refusal extends Error {}

export interface SecretRequest {
  readonly table: Readonly<Record<string, unknown>>;
  readonly path: Path;
  readonly key: string;
  /** The section, for messages. */
  readonly title: string;
  readonly type: ValueType<unknown>;
}

/**
 * Reads a secret from where the table says it is. None of its messages quotes a value, not even a name: someone may have written the
 * secret where its file's name belongs.
 * @returns undefined if it isn't given, or after telling `context` what is wrong
 */
export function readSecret(request: SecretRequest, context: Context): Secret | undefined {
  const { table, path, key, title, type } = request;
  const [given, second] = secretKeys(key).filter((name) => table[name] !== undefined);
  if (given === undefined) return undefined;
  if (second !== undefined) {
    context.error([...path, second], `"${given}" and "${second}" are both in ${title}; keep one of them`);
    return undefined;
  }
  try {
    const { bytes, changedAt } = contentOf(given.slice(key.length), table[given], [...path, given], context);
    const secret = new Secret(bytes, changedAt);
    const wanted = type.secret?.weakBelow ?? 0;
    if (secret.bytes.length < wanted)
      context.warn(
        [...path, given],
        `"${key}" in ${title} is shorter than ${wanted} octets and can be guessed from a captured packet (RFC 2865 §3); make one with: openssl rand -base64 24`,
      );
    return secret;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.error([...path, given], `"${given}" in ${title} ${error.message}`);
    return undefined;
  }
}

interface Content {
  readonly bytes: Buffer;
  /** Of a file that stays: when it was last changed, in milliseconds since 1970 UTC. */
  readonly changedAt?: number;
}

/** @param form how the secret is given: '' or the ending of the key */
function contentOf(form: string, value: unknown, path: Path, context: Context): Content {
  if (typeof value !== 'string') throw new Refusal('must be text in quotes');
  if (value === '') throw new Refusal('must not be empty');
  if (form === '_file') return fromFile(resolve(context.dir, value), path, context);
  if (form === '_env') return { bytes: fromEnvironment(value, context.env) };
  if (form === '_credential') return { bytes: fromCredential(value, context.env) };
  return { bytes: Buffer.from(value) };
}

function fromFile(file: string, path: Path, context: Context): Content {
  const { bytes, mode, changedAt } = readOctets(file, `; a relative path starts at ${context.dir}`);
  if ((mode & 0o077) !== 0)
    context.warn(path, `others may read this secret (mode ${octal(mode)}); run: chmod 600 ${JSON.stringify(file)}`);
  return { bytes, changedAt };
}

function fromEnvironment(name: string, env: Context['env']): Buffer {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) throw new Refusal('names an environment variable that is not set');
  if (value === '') throw new Refusal('names an environment variable that is empty');
  return Buffer.from(value);
}

/** From systemd: LoadCredential= and its kin in the unit. */
function fromCredential(name: string, env: Context['env']): Buffer {
  const dir = env['CREDENTIALS_DIRECTORY'];
  if (!dir) throw new Refusal('needs systemd to pass the credential: $CREDENTIALS_DIRECTORY is not set');
  if (name.includes('/') || name === '.' || name === '..')
    throw new Refusal('must be the name of a credential, not a path');
  return readOctets(join(dir, name), '; name it with LoadCredential= in the unit').bytes;
}

/** A file's octets without the newline that editors and `echo` leave at its end. */
function readOctets(file: string, hint: string): Required<Content> & { readonly mode: number } {
  let read;
  try {
    read = readSmallFile(file, largest);
  } catch (error) {
    throw new Refusal(`cannot be read: ${reasonOf(error)}${hint}`);
  }
  if (!read) throw new Refusal(`names a file of more than ${largest} octets, which is no secret`);
  const newline = read.bytes.at(-1) !== 0x0a ? 0 : read.bytes.at(-2) !== 0x0d ? 1 : 2;
  const bytes = read.bytes.subarray(0, read.bytes.length - newline);
  if (bytes.length === 0) throw new Refusal('names an empty file');
  return { bytes, mode: read.mode, changedAt: read.changedAt };
}

/** A file's mode as `chmod` takes it. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
