import { OperatorError } from '../errors.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';
import { Seal } from './seal.ts';
import type { Sql } from './sql.ts';

/**
 * Finds the key that a store was made with. A store remembers which that was: a lost key is told, never replaced in silence; a new store gets
 * the key that is there, or a new one.
 * @param where names the store in errors
 * @throws OperatorError 'key-missing', 'key-wrong' or 'key-unreadable'
 */
export async function findSeal(sql: Sql, where: string, keyFile: string): Promise<Seal> {
  const known = await sql.get("SELECT value FROM facts WHERE name = 'key_id'");
  const key = readKeyFile(keyFile) ?? (known ? undefined : makeKeyFile(keyFile));
  if (!key)
    throw new OperatorError('key-missing', `the store ${where} needs its key file ${keyFile}, which is not there`);
  const seal = new Seal(key);
  if (!known) await sql.run("INSERT INTO facts (name, value) VALUES ('key_id', ?)", seal.keyId);
  else if (known['value'] !== seal.keyId)
    throw new OperatorError('key-wrong', `the store ${where} was made with another key than the one in ${keyFile}`);
  return seal;
}
