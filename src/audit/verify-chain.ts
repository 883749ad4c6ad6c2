import { integer, integerOrNull } from '../store/row.ts';
import type { Row, Sql, SqlValue } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';
import { chainName, chainOf, isProven, isPurgeProven, linkOf, readChain, startOf, type Chain } from './chain.ts';

/** A row that is not as it was written, or what is wrong where a row should be. */
export interface Finding {
  /** Null for a row that is in no chain. */
  readonly chain: number | null;
  readonly seq: number | null;
  readonly what:
    /** The row, or one in its place, does not prove itself. */
    | 'altered'
    /** Rows from this number on are gone. */
    | 'removed'
    /** The row is none that radgate added. */
    | 'inserted'
    /** What the store says of the chain itself was altered: its rows may have been, from this number on. */
    | 'head-altered'
    | 'purge-altered'
    /** There is no such chain, though its rows, or an anchor, name it. */
    | 'chain-removed'
    /** The row with this number has another link than the anchor. */
    | 'not-as-anchored';
  /** Where there is a row: which, in milliseconds since 1970 UTC, by whom and of what login. */
  readonly row: { readonly id: number; readonly at: number | null; readonly loginId: string } | null;
}

export interface VerifyPageInput {
  readonly chain: number;
  /** The last row that was verified; null to begin with the first that was kept. */
  readonly after: Verified | null;
  /** The last row to verify. */
  readonly until: number;
  readonly limit: number;
}

/** A row that was verified. */
export interface Verified {
  readonly seq: number;
  readonly link: Buffer;
  /** Null if only its link is known. */
  readonly id: number | null;
}

export type VerifiedPage =
  | { readonly kind: 'right'; readonly checked: number; readonly last: Verified }
  | { readonly kind: 'wrong'; readonly checked: number; readonly finding: Finding };

/** Verifies the next rows of one chain. */
export const verifyPage: Transaction<VerifyPageInput, VerifiedPage> = {
  name: 'verify-audit-page',
  access: 'read',
  run: async (context, input) => {
    const { sql, seal } = context;
    for (;;) {
      const chain = await readChain(sql, input.chain);
      if (!chain) return wrong(0, input.chain, null, 'chain-removed', null);
      if (!isPurgeProven(seal, chain)) return wrong(0, chain.id, chain.purgedSeq, 'purge-altered', null);
      const start = startOf(chain);
      const from: Verified = input.after && input.after.seq >= start.seq ? input.after : { ...start, id: null };
      const rows = await sql.all(
        'SELECT * FROM audit WHERE chain = ? AND (seq, id) > (?, ?) AND seq <= ? ORDER BY seq, id LIMIT ?',
        chain.id,
        from.seq,
        from.id ?? Number.MAX_SAFE_INTEGER,
        input.until,
        input.limit,
      );
      const [first] = rows;
      // A purge between the two statements: what it has left is looked at anew.
      const purged = (await readChain(sql, chain.id))?.purgedSeq ?? 0;
      if (purged !== chain.purgedSeq && (!first || integer(first, 'seq') !== from.seq + 1)) continue;
      let last = from;
      for (const [checked, row] of rows.entries()) {
        const number = integer(row, 'seq');
        if (number > last.seq + 1) return wrong(checked, chain.id, last.seq + 1, 'removed', row);
        const own = linkOf(seal, last.link, row);
        if (number !== last.seq + 1 || !isLink(row['link'], own))
          return wrong(checked, chain.id, number, 'altered', row);
        last = { seq: number, link: own, id: integer(row, 'id') };
      }
      if (rows.length < input.limit && last.seq < input.until)
        return wrong(rows.length, chain.id, last.seq + 1, 'removed', null);
      return { kind: 'right', checked: rows.length, last };
    }
  },
};

/** What is linked wrongly as a whole: rows beyond the ends of their chains, or in none. The first of each kind for each chain. */
export const findStrays: Transaction<null, readonly Finding[]> = {
  name: 'find-audit-strays',
  access: 'read',
  run: async ({ sql }) => {
    const findings: Finding[] = [];
    for (let chain = await nextChain(sql, -1); chain !== null; chain = await nextChain(sql, chain)) {
      if (!(await readChain(sql, chain))) {
        const row = await sql.get('SELECT * FROM audit WHERE chain = ? ORDER BY seq LIMIT 1', chain);
        if (row) findings.push(finding(chain, numberOf(row['seq']), 'chain-removed', row));
        continue;
      }
      for (const where of ['seq IS NULL', 'seq <= audit_chains.purged_seq', 'seq > audit_chains.seq']) {
        const row = await sql.get(
          `SELECT audit.* FROM audit JOIN audit_chains ON audit_chains.id = audit.chain
           WHERE audit.chain = ? AND audit.${where} ORDER BY audit.seq LIMIT 1`,
          chain,
        );
        if (row) findings.push(finding(chain, numberOf(row['seq']), 'inserted', row));
      }
    }
    // Rows of before there were chains have the lowest numbers.
    const loose = await sql.get(
      `SELECT * FROM audit WHERE chain IS NULL AND id > (SELECT min(id) FROM audit WHERE chain IS NOT NULL)
       ORDER BY id LIMIT 1`,
    );
    if (loose) findings.push(finding(null, null, 'inserted', loose));
    return findings;
  },
};

export interface Chains {
  readonly chains: readonly Chain[];
  /** Of those chains: whose own number and link are not proven. */
  readonly findings: readonly Finding[];
  /** Rows of before there were chains. */
  readonly unlinked: number;
}

/** Every chain, and how far it has come. */
export const listChains: Transaction<null, Chains> = {
  name: 'list-audit-chains',
  access: 'read',
  run: async ({ sql, seal }) => {
    const chains: Chain[] = [];
    const findings: Finding[] = [];
    for (const row of await sql.all('SELECT * FROM audit_chains ORDER BY created_at, id')) {
      const chain = chainOf(row);
      if (chain) chains.push(chain);
      if (!chain || !isProven(seal, chain))
        findings.push(finding(numberOf(row['id']), numberOf(row['seq']), 'head-altered', null));
      else if (!isPurgeProven(seal, chain)) findings.push(finding(chain.id, chain.purgedSeq, 'purge-altered', null));
    }
    const row = await sql.get('SELECT count(*) AS count FROM audit WHERE chain IS NULL');
    return { chains, findings, unlinked: integer(row ?? {}, 'count') };
  },
};

/** The next chain that rows name: along the index, so that it takes as long as there are chains. */
async function nextChain(sql: Sql, after: number): Promise<number | null> {
  const row = await sql.get('SELECT min(chain) AS chain FROM audit WHERE chain > ?', after);
  return integerOrNull(row ?? {}, 'chain');
}

function wrong(
  checked: number,
  chain: number,
  seq: number | null,
  what: Finding['what'],
  row: Row | null,
): VerifiedPage {
  return { kind: 'wrong', checked, finding: finding(chain, seq, what, row) };
}

export function finding(chain: number | null, seq: number | null, what: Finding['what'], row: Row | null): Finding {
  return {
    chain,
    seq,
    what,
    row: row && { id: integer(row, 'id'), at: timeOf(row['at']), loginId: String(row['login_id']) },
  };
}

/** Who alters rows may put anything there. */
function numberOf(value: SqlValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** What a Date can hold. */
function timeOf(value: SqlValue | undefined): number | null {
  const time = numberOf(value);
  return time === null || Math.abs(time) > 8.64e15 ? null : time;
}

/** Whether a row has this link. */
export function isLink(value: SqlValue | undefined, link: Buffer): boolean {
  return Buffer.isBuffer(value) && value.equals(link);
}

/** Such as "chain 0123456789ab, row 17". */
export function placeOf({ chain, seq }: Finding): string {
  return `${chain === null ? 'no chain' : `chain ${chainName(chain)}`}${seq === null ? '' : `, row ${seq}`}`;
}
