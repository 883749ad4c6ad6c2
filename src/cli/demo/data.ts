import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { storeIn } from '../../config/demo.ts';
import { Secret } from '../../config/secret.ts';
import { OperatorError } from '../../errors.ts';
import { randomOctets } from '../../random.ts';
import { base32 } from '../../base32.ts';
import { readablePassword } from './readable-password.ts';

const form = z.strictObject({
  about: z.string(),
  user: z.strictObject({ id: z.string().min(1), name: z.string().min(1), password: z.string().min(1) }),
  token: z.strictObject({ id: z.string().min(1), key: z.string().min(1) }),
  secret: z.string().min(1),
});

/** What the demo has made up, kept so that it can be shown again at each start. */
export type Demo = z.infer<typeof form>;

/** @param data what `--data` names */
export function demoDirectory(data: string | undefined): string {
  if (data === '') throw new OperatorError('usage', '--data must name a directory');
  return data ?? './radgate-data';
}

/** The demo in a directory; undefined if there is none. @throws OperatorError 'demo-broken' if its file can't be used */
export function readDemo(dir: string): Demo | undefined {
  const file = demoFile(dir);
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw new OperatorError('demo-broken', `cannot read ${file}: ${String(error)}`, { cause: error });
  }
  try {
    return form.parse(JSON.parse(content));
  } catch {
    // No cause: it could quote the file, secrets and all.
    throw new OperatorError('demo-broken', `${file} is not what the demo wrote there`);
  }
}

/**
 * The demo in a directory, made if there is none: 0700 the directory, 0600 the file.
 * @throws OperatorError 'config-missing' if the directory holds a store that is not a demo's; 'demo-broken', 'store-unavailable'
 */
export function makeDemo(dir: string): Demo {
  const existing = readDemo(dir);
  if (existing) return existing;
  const { url } = storeIn(dir);
  if (existsSync(url.path))
    throw new OperatorError('config-missing', `there is no radius.conf, and the store in ${dir} is not a demo's`);
  const demo: Demo = {
    about: "radgate's demo, made at its first start",
    user: { id: randomOctets(16).toString('hex'), name: 'alice', password: readablePassword() },
    token: { id: randomOctets(16).toString('hex'), key: base32(randomOctets(20)) },
    secret: randomOctets(18).toString('base64url'),
  };
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const draft = `${demoFile(dir)}.${process.pid}`;
    // Left by a start that was killed, or a link that somebody has put there: a new file is written.
    rmSync(draft, { force: true });
    writeFileSync(draft, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    // Whole or not at all: a demo that is half written would be broken for good.
    renameSync(draft, demoFile(dir));
  } catch (error) {
    throw new OperatorError('store-unavailable', `cannot keep the demo in ${dir}: ${String(error)}`, { cause: error });
  }
  return demo;
}

/** The secret that the demo's client and radgate share. */
export function secretOf({ secret }: Demo): Secret {
  return new Secret(secret);
}

/** Where what the demo has made up is kept. */
export function demoFile(dir: string): string {
  return join(dir, 'demo.json');
}
