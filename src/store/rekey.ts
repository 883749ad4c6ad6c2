import { OperatorError } from '../errors.ts';
import { digestKeyOwner } from './find-seal.ts';
import { noteLastRow } from './not-restarted.ts';
import { octets, text } from './row.ts';
import { keyIdOf } from './seal.ts';
import type { Row } from './sql.ts';
import type { Transaction } from './store.ts';
import { tables } from './tables.ts';
import { outboxOwner } from './outbox-owner.ts';
import { waitingOwner } from './waiting-owner.ts';

interface SealedColumn {
  readonly name: string;
  readonly column: string;
  readonly owner: (row: Row) => string;
}

/** All that is sealed, but for the key of the digests. */
const sealedColumns: readonly SealedColumn[] = [
  ...tables.flatMap(({ name, sealed = new Map<string, (id: string) => string>() }) =>
    [...sealed].map(([column, owner]): SealedColumn => ({ name, column, owner: (row) => owner(text(row, 'id')) })),
  ),
  { name: 'waiting_logins', column: 'sealed', owner: (row) => waitingOwner(octets(row, 'id')) },
  { name: 'outbox', column: 'sealed', owner: (row) => outboxOwner(text(row, 'id')) },
];

/** Where the key id stands in a sealed value: see Seal. SQL counts from 1. */
const keyIdAt = 'substr(%, 2, 8)';

/** The key that was written with before: told from one that is only there to be written with next. */
const retired = 'retired_key_id';

export interface KeyFacts {
  /** The id of the key that whoever opens the store writes with: 8 octets. */
  readonly writing: Buffer;
  /** The id of the key before, which may be gone since; null if there was none. */
  readonly retired: Buffer | null;
}

/** How far a change of keys is. */
export const keyFacts: Transaction<null, KeyFacts> = {
  name: 'key-facts',
  access: 'read',
  run: async ({ sql }) => {
    const facts = await sql.all('SELECT name, value FROM facts WHERE name IN (?, ?)', 'key_id', retired);
    const values = new Map(facts.map((fact) => [text(fact, 'name'), Buffer.from(text(fact, 'value'), 'hex')]));
    const writing = values.get('key_id');
    if (!writing) throw new Error('the store has no key');
    return { writing, retired: values.get(retired) ?? null };
  },
};

/**
 * From now on whoever opens the store writes with this key.
 * @param input the key's id, 8 octets
 * @throws OperatorError 'refused' if the store has gone over to another key since it was opened: two nodes would each write with a key that only
 * one has
 */
export const writeWith: Transaction<Buffer, null> = {
  name: 'write-with-key',
  access: 'write',
  run: async ({ sql, seal }, keyId) => {
    const before = seal.keyId.toString('hex');
    const statement = "UPDATE facts SET value = ? WHERE name = 'key_id' AND value = ?";
    if ((await sql.run(statement, keyId.toString('hex'), before)) === 0)
      throw new OperatorError('refused', 'another node has begun to change the key meanwhile: copy its key file');
    const remember = 'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?';
    await sql.run(remember, retired, before, before);
    await noteLastRow(sql);
    return null;
  },
};

export interface ResealInput {
  /** Of the key that the store now writes with. */
  readonly keyId: Buffer;
  /** Values at most. */
  readonly limit: number;
}

/** Seals what is sealed under another key anew, but for the key of the digests. @returns how many values it was; 0 once all is done */
export const reseal: Transaction<ResealInput, number> = {
  name: 'reseal',
  access: 'write',
  run: async ({ sql, seal }, { keyId, limit }) => {
    let done = 0;
    for (const { name, column, owner } of sealedColumns) {
      if (done >= limit) break;
      const rows = await sql.all(
        `SELECT id, ${column} AS sealed FROM ${name} WHERE ${keyIdAt.replace('%', column)} <> ? LIMIT ?`,
        keyId,
        limit - done,
      );
      for (const row of rows) {
        const id = row['id'] ?? null;
        const before = octets(row, 'sealed');
        const anew = seal.close(seal.open(before, owner(row)), owner(row));
        // What somebody has changed since it was read is sealed anew in the next round, if it has to be.
        await sql.run(`UPDATE ${name} SET ${column} = ? WHERE id = ? AND ${column} = ?`, anew, id, before);
      }
      done += rows.length;
    }
    return done;
  },
};

/** Seals the key of the digests anew. */
export const resealDigestKey: Transaction<null, null> = {
  name: 'reseal-digest-key',
  access: 'write',
  run: async ({ sql, seal }) => {
    const fact = await sql.get("SELECT value FROM facts WHERE name = 'digest_key'");
    if (!fact) throw new Error('the store has no digest key');
    const key = seal.open(Buffer.from(text(fact, 'value'), 'base64'), digestKeyOwner);
    const anew = seal.close(key, digestKeyOwner).toString('base64');
    await sql.run("UPDATE facts SET value = ? WHERE name = 'digest_key'", anew);
    return null;
  },
};

/** How many values are still sealed under another key than this, waiting logins and the key of the digests included. @param input the key's id */
export const countOtherKeys: Transaction<Buffer, number> = {
  name: 'count-other-keys',
  access: 'read',
  run: async ({ sql }, keyId) => {
    const fact = await sql.get("SELECT value FROM facts WHERE name = 'digest_key'");
    if (!fact) throw new Error('the store has no digest key');
    let count = keyIdOf(Buffer.from(text(fact, 'value'), 'base64')).equals(keyId) ? 0 : 1;
    for (const { name, column } of sealedColumns) {
      const row = await sql.get(
        `SELECT count(*) AS count FROM ${name} WHERE ${keyIdAt.replace('%', column)} <> ?`,
        keyId,
      );
      count += Number(row?.['count']);
    }
    return count;
  },
};
