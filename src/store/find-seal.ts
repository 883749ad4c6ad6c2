import { OperatorError } from '../errors.ts';
import { randomOctets } from '../random.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';
import { text } from './row.ts';
import { closeWith, keyIdOf, openWith, Seal, sealKey, type SealKey } from './seal.ts';
import type { Sql } from './sql.ts';

/** What the key of keyed digests is sealed for. */
export const digestKeyOwner = 'fact:digest_key';

/**
 * Finds the key that a store was made with. A store remembers which that was: a lost key is told, never replaced in silence; a new store gets
 * the key that is there, or a new one.
 * @param where names the store in errors
 * @throws OperatorError 'key-missing', 'key-wrong' or 'key-unreadable'
 */
export async function findSeal(sql: Sql, where: string, keyFile: string): Promise<Seal> {
  const known = await sql.get("SELECT value FROM facts WHERE name = 'key_id'");
  const keys = readKeyFile(keyFile) ?? (known ? undefined : makeKeyFile(keyFile));
  const [first] = keys ?? [];
  if (!keys || !first)
    throw new OperatorError('key-missing', `the store ${where} needs its key file ${keyFile}, which is not there`);
  const wanted = known ? Buffer.from(text(known, 'value'), 'hex') : sealKey(first).id;
  const key = find(keys, wanted);
  if (!key)
    throw new OperatorError('key-wrong', `the store ${where} was made with another key than the one in ${keyFile}`);
  if (!known) await makeFacts(sql, key);
  // A value may be sealed under a key that another process has just begun to use: the file has it by then.
  const other = (id: Buffer): SealKey | undefined => find(keys, id) ?? find(readKeyFile(keyFile) ?? [], id);
  return new Seal({ key, other, digestKey: await digestKey(sql, other) });
}

async function makeFacts(sql: Sql, key: SealKey): Promise<void> {
  const insert = 'INSERT INTO facts (name, value) VALUES (?, ?)';
  await sql.run(insert, 'key_id', key.id.toString('hex'));
  const sealed = closeWith(key, randomOctets(32), digestKeyOwner);
  await sql.run(insert, 'digest_key', sealed.toString('base64'));
}

async function digestKey(sql: Sql, keyOf: (id: Buffer) => SealKey | undefined): Promise<Buffer> {
  const fact = await sql.get("SELECT value FROM facts WHERE name = 'digest_key'");
  if (!fact) throw new Error('the store has no digest key');
  const sealed = Buffer.from(text(fact, 'value'), 'base64');
  const key = keyOf(keyIdOf(sealed));
  if (!key) throw new Error('the digest key is sealed under a key that is not in the key file');
  return openWith(key, sealed, digestKeyOwner);
}

function find(keys: readonly Buffer[], id: Buffer): SealKey | undefined {
  return keys.map(sealKey).find((key) => key.id.equals(id));
}
