import type { Store } from '../store/store.ts';
import type { Anchor } from './anchor.ts';
import type { Chain } from './chain.ts';
import { checkAnchor } from './check-anchor.ts';
import { findStrays, listChains, verifyPage, type Finding, type Verified } from './verify-chain.ts';

/** Rows verified in one transaction: some 10 ms. */
const pageSize = 1_000;

export interface VerifiedAudit {
  /** Rows that prove themselves. */
  readonly rows: number;
  readonly chains: readonly Chain[];
  /** Rows of before there were chains, which nothing proves. */
  readonly unlinked: number;
  /** The first of each chain. */
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  /** What chains must still have had, at least. */
  readonly anchors: readonly Anchor[];
  /** Whether only rows after the anchors are looked at. */
  readonly onlyNewer: boolean;
  /** Told after each page: rows so far, and of how many. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Verifies every chain until where it is now, page by page, so that memory stays flat, beside a running service. */
export async function verifyAudit(store: Store, options: VerifyOptions): Promise<VerifiedAudit> {
  const { anchors, onlyNewer, onProgress } = options;
  const { chains, findings: altered, unlinked } = await store.run(listChains, null);
  const findings: Finding[] = [...altered];
  for (const anchor of anchors) {
    const wrong = await store.run(checkAnchor, anchor);
    if (wrong) findings.push(wrong);
  }
  const starts = new Map<number, Anchor>();
  if (onlyNewer)
    for (const anchor of anchors)
      if (anchor.seq > (starts.get(anchor.chain)?.seq ?? 0)) starts.set(anchor.chain, anchor);
  const from = ({ id, purgedSeq }: Chain): number => Math.max(purgedSeq, starts.get(id)?.seq ?? 0);
  const total = chains.reduce((sum, chain) => sum + Math.max(0, chain.seq - from(chain)), 0);
  let rows = 0;
  const unknown = new Set(altered.filter(({ what }) => what === 'purge-altered').map(({ chain }) => chain));
  for (const chain of chains) {
    // Where it begins can't be told.
    if (unknown.has(chain.id)) continue;
    const start = starts.get(chain.id);
    const begin: Verified | null = start ? { ...start, id: null } : null;
    let after = begin;
    while ((after?.seq ?? 0) < chain.seq) {
      const page = await store.run(verifyPage, { chain: chain.id, after, until: chain.seq, limit: pageSize });
      rows += page.checked;
      onProgress(rows, total);
      if (page.kind === 'wrong') {
        findings.push(page.finding);
        break;
      }
      after = page.last;
    }
    // What the last row's link is, the chain itself must say too.
    if (after && after !== begin && after.seq === chain.seq && !after.link.equals(chain.link))
      findings.push({ chain: chain.id, seq: chain.seq, what: 'head-altered', row: null });
  }
  findings.push(...(await store.run(findStrays, null)));
  return { rows, chains, unlinked, findings };
}
