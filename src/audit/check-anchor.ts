import type { Transaction } from '../store/store.ts';
import type { Anchor } from './anchor.ts';
import { isPurgeProven, readChain } from './chain.ts';
import { finding, isLink, type Finding } from './verify-chain.ts';

/** Whether a chain still has what an anchor says it had: the row, or the proof that it was purged. @returns what is wrong; null for nothing */
export const checkAnchor: Transaction<Anchor, Finding | null> = {
  name: 'check-audit-anchor',
  access: 'read',
  run: async ({ sql, seal }, { chain: id, seq, link }) => {
    for (;;) {
      const chain = await readChain(sql, id);
      if (!chain) return finding(id, seq, 'chain-removed', null);
      if (chain.seq < seq) return finding(id, chain.seq + 1, 'removed', null);
      if (chain.purgedSeq >= seq && isPurgeProven(seal, chain)) {
        // Of the last row that was purged the link is known.
        const differs = chain.purgedSeq === seq && !chain.purgedLink?.equals(link);
        return differs ? finding(id, seq, 'not-as-anchored', null) : null;
      }
      const row = await sql.get('SELECT * FROM audit WHERE chain = ? AND seq = ?', id, seq);
      if (row) return isLink(row['link'], link) ? null : finding(id, seq, 'not-as-anchored', row);
      // A purge between the two statements: what it has written down is judged anew.
      if ((await readChain(sql, id))?.purgedSeq === chain.purgedSeq) return finding(id, seq, 'removed', null);
    }
  },
};
