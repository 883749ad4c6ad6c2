import { expect } from 'chai';
import { readAnchor, writeAnchor, type Anchor } from '../../src/audit/anchor.ts';
import type { AuditRow } from '../../src/audit/audit.ts';
import { ChainInHand } from '../../src/audit/chain-in-hand.ts';
import { chainName } from '../../src/audit/chain.ts';
import { checkAnchor } from '../../src/audit/check-anchor.ts';
import { purgeAudit } from '../../src/audit/purge-audit.ts';
import { record } from '../../src/audit/record.ts';
import { usualAudit } from '../../src/audit/settings.ts';
import { listChains } from '../../src/audit/verify-chain.ts';
import { verifyAudit, type VerifiedAudit } from '../../src/audit/verify.ts';
import { exportDigestKey } from '../../src/store/export.ts';
import { Seal, sealKey } from '../../src/store/seal.ts';
import type { Row, SqlValue } from '../../src/store/sql.ts';
import { auditRow } from '../support/audit-rows.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { drivers, sqlite } from '../support/store-drivers.ts';
import { empty, execute, query } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 9, 15, 12);
const count = 25;

for (const driver of drivers)
  driver.suite(`contract: the chains of the audit on ${driver.name}`, function () {
    this.timeout(60_000);
    const opened = nodesOn(driver);
    const [store] = opened.nodes;

    beforeEach(() => store.run(empty, null));

    const write = (i: number, row: Partial<AuditRow> = {}, at = store): Promise<null> =>
      at.run(
        record,
        auditRow(now + i, {
          loginId: `l${i}`,
          userId: 'u1',
          callingStationId: '198.51.100.7',
          method: 'totp',
          latency: 12,
          ...row,
        }),
      );
    /** Rows of one chain: one after the other there is no need of another. */
    const fill = async (): Promise<void> => {
      for (let i = 1; i <= count; i++) await write(i);
    };
    const run = (sql: string, ...parameters: readonly SqlValue[]): Promise<number> =>
      store.run(execute, { sql, parameters });
    const rows = (sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> =>
      store.run(query, { sql, parameters });
    const verify = (anchors: readonly Anchor[] = [], onlyNewer = false): Promise<VerifiedAudit> =>
      verifyAudit(store, { anchors, onlyNewer, onProgress: () => undefined });
    const anchorsNow = async (): Promise<Anchor[]> =>
      (await store.run(listChains, null)).chains.map(
        (chain) => readAnchor(writeAnchor(chain, now)) ?? expect.fail('an anchor that is none'),
      );
    /** What is found, as "what seq". */
    const found = async (anchors: readonly Anchor[] = [], onlyNewer = false): Promise<string[]> =>
      (await verify(anchors, onlyNewer)).findings.map(({ what, seq }) => `${what} ${seq}`);

    it('are right as they were written, and so is their order', async () => {
      await fill();
      const { rows: verified, findings, chains, unlinked } = await verify();
      expect([verified, findings, chains.length, unlinked]).to.deep.equal([count, [], 1, 0]);
      const numbers = (await rows('SELECT seq, login_id FROM audit ORDER BY id')).map(Object.values);
      expect(numbers).to.deep.equal(Array.from({ length: count }, (_, i) => [i + 1, `l${i + 1}`]));
    });

    it('tell of every column of a row that was altered', async () => {
      await fill();
      const [whole] = await rows('SELECT * FROM audit WHERE seq = 13');
      const columns = Object.entries(whole ?? {}).filter(([name]) => !['id', 'chain', 'seq'].includes(name));
      expect(columns.length).to.be.greaterThan(13);
      for (const [name, value] of columns) {
        const other = Buffer.isBuffer(value)
          ? Buffer.alloc(32, 7)
          : name.endsWith('_ms')
            ? 7
            : typeof value === 'number'
              ? value + 1
              : 'x';
        await run(`UPDATE audit SET ${name} = ? WHERE seq = 13`, other);
        expect(await found(), name).to.deep.equal(['altered 13']);
        await run(`UPDATE audit SET ${name} = ? WHERE seq = 13`, value);
      }
      for (const name of ['user_id', 'method', 'calling_station_id']) {
        await run(`UPDATE audit SET ${name} = NULL WHERE seq = 13`);
        expect(await found(), name).to.deep.equal(['altered 13']);
        await run(`UPDATE audit SET ${name} = ? WHERE seq = 13`, whole?.[name] ?? null);
      }
      expect(await found()).to.deep.equal([]);
    });

    for (const seq of [1, 13, count])
      it(`tell that row ${seq} of ${count} is missing`, async () => {
        await fill();
        await run('DELETE FROM audit WHERE seq = ?', seq);
        expect(await found()).to.deep.equal([`removed ${seq}`]);
      });

    it('name the row: its number, when and of which login it was', async () => {
      await fill();
      await run("UPDATE audit SET user_name = 'mallory' WHERE seq = 7");
      const [wanted] = await rows('SELECT id, chain FROM audit WHERE seq = 7');
      expect((await verify()).findings).to.deep.equal([
        { chain: wanted?.['chain'], seq: 7, what: 'altered', row: { id: wanted?.['id'], at: now + 7, loginId: 'l7' } },
      ]);
    });

    it('tell of the last rows when what the chain says of itself was set back with them, by all that the rows hold', async () => {
      await fill();
      await run('DELETE FROM audit WHERE seq > 20');
      await run('UPDATE audit_chains SET seq = 20, link = (SELECT link FROM audit WHERE seq = 20)');
      expect(await found()).to.deep.equal(['head-altered 20']);
      // Whoever writes next does not cover it up.
      await write(99);
      expect(await found()).to.deep.equal(['head-altered 20']);
      expect((await verify()).chains).to.have.length(2);
    });

    it('tell of rows that were swapped, numbers or contents', async () => {
      await fill();
      await run('UPDATE audit SET seq = -1 WHERE seq = 5');
      await run('UPDATE audit SET seq = 5 WHERE seq = 6');
      await run('UPDATE audit SET seq = 6 WHERE seq = -1');
      expect(await found()).to.deep.equal(['altered 5']);
    });

    it('tell of rows that were inserted: behind the end, into another chain, into none', async () => {
      await fill();
      const copy = (values: string): Promise<number> =>
        run(
          `INSERT INTO audit (at, login_id, user_name, client, client_address, primary_name, result, reason, latency_ms, chain, seq, link)
           SELECT at, login_id, user_name, client, client_address, primary_name, result, reason, latency_ms, ${values} FROM audit WHERE seq = 3`,
        );
      await copy(`chain, ${count + 1}, link`);
      expect(await found()).to.deep.equal([`inserted ${count + 1}`]);
      await run('DELETE FROM audit WHERE seq > ?', count);
      await copy('17, 1, link');
      expect(await found()).to.deep.equal(['chain-removed 1']);
      await run('DELETE FROM audit WHERE chain = 17');
      await copy('NULL, NULL, NULL');
      expect(await found()).to.deep.equal(['inserted null']);
      await run('DELETE FROM audit WHERE chain IS NULL');
      await copy('chain, NULL, link');
      expect(await found()).to.deep.equal(['inserted null']);
    });

    it('tell of a chain that is missing as long as a row of it, or an anchor, is there', async () => {
      await fill();
      const anchors = await anchorsNow();
      await run('DELETE FROM audit_chains');
      expect(await found()).to.deep.equal(['chain-removed 1']);
      await run('DELETE FROM audit');
      expect(await found()).to.deep.equal([]);
      expect(await found(anchors)).to.deep.equal([`chain-removed ${count}`]);
    });

    it('tell by an anchor that the store was set back as a whole, or rewritten with the key', async () => {
      await fill();
      const before = await rows('SELECT * FROM audit_chains');
      for (let i = 1; i <= 5; i++) await write(100 + i);
      const anchors = await anchorsNow();
      expect(await found(anchors)).to.deep.equal([]);
      await run('DELETE FROM audit WHERE seq > ?', count);
      const [{ seq = null, link = null, head = null } = {}] = before;
      await run('UPDATE audit_chains SET seq = ?, link = ?, head = ?', seq, link, head);
      expect(await found()).to.deep.equal([]);
      expect(await found(anchors)).to.deep.equal([`removed ${count + 1}`]);
      for (let i = 1; i <= 5; i++) await write(200 + i);
      expect(await found()).to.deep.equal([]);
      expect(await found(anchors)).to.deep.equal([`not-as-anchored ${count + 5}`]);
      expect(await found(anchors, true)).to.deep.equal([`not-as-anchored ${count + 5}`]);
    });

    it('look at newer rows only where that is asked for', async () => {
      await fill();
      const anchors = await anchorsNow();
      await write(100);
      await run("UPDATE audit SET client = 'x' WHERE seq = 3");
      expect(await found(anchors)).to.deep.equal(['altered 3']);
      const newer = await verify(anchors, true);
      expect([newer.rows, newer.findings]).to.deep.equal([1, []]);
      await run("UPDATE audit SET client = 'x' WHERE login_id = 'l100'");
      expect(await found(anchors, true)).to.deep.equal([`altered ${count + 1}`]);
    });

    // PostgreSQL takes no others.
    const onSqlite = driver === sqlite ? it : (): void => undefined;
    onSqlite('survive values of other kinds, such as no program of radgate writes', async () => {
      await fill();
      await run("UPDATE audit SET seq = 'x' WHERE seq = 9");
      expect(await found()).to.deep.equal(['removed 9', 'inserted null']);
      await run("UPDATE audit SET seq = 9, at = 'x', link = 'y' WHERE seq = 'x'");
      expect(await found()).to.deep.equal(['altered 9']);
      await run("UPDATE audit_chains SET head = 'z', seq = 'q'");
      expect(await found()).to.deep.equal(['head-altered null', 'chain-removed 1']);
      await write(99);
      expect((await verify()).rows).to.equal(1);
    });

    describe('are purged', () => {
      const purge = async (before: number, limit = 4): Promise<number> => {
        let rows = 0;
        for (let removed = 1; removed > 0; rows += removed)
          removed = await store.run(purgeAudit, { before, now: now + 1_000, limit });
        return rows;
      };

      it('from their beginning, and what is left is proven, by anchors of before too', async () => {
        await fill();
        const anchors = await anchorsNow();
        const early = anchors.map((anchor): Anchor => ({ ...anchor, seq: 3 }));
        expect(await purge(now + 11)).to.equal(10);
        const { rows: verified, findings, chains } = await verify(anchors);
        expect([verified, findings, chains[0]?.purgedSeq]).to.deep.equal([15, [], 10]);
        // Of a row that is gone nothing but that is proven.
        expect(await found(early)).to.deep.equal([]);
        await write(100);
        expect(await found(anchors)).to.deep.equal([]);
        expect(await purge(now + 11)).to.equal(0);
        expect(await purge(now + 1_000)).to.equal(16);
        await write(101);
        expect((await verify(anchors)).rows).to.equal(1);
        expect(await found(anchors)).to.deep.equal([]);
      });

      it('so that nobody can pass off what he removed as purged', async () => {
        await fill();
        await purge(now + 6);
        const [before] = await rows('SELECT * FROM audit_chains');
        await run('DELETE FROM audit WHERE seq <= 9');
        expect(await found()).to.deep.equal(['removed 6']);
        await run('UPDATE audit_chains SET purged_seq = 9');
        expect(await found()).to.deep.equal(['purge-altered 9']);
        await run('UPDATE audit_chains SET purged_link = ?', before?.['link'] ?? null);
        expect(await found()).to.deep.equal(['purge-altered 9']);
      });

      it('not beyond a row that was altered, which stays to be found', async () => {
        await fill();
        await run("UPDATE audit SET user_name = 'mallory' WHERE seq = 7");
        expect(await purge(now + 11)).to.equal(6);
        expect(await found()).to.deep.equal(['altered 7']);
      });

      it('by age, whatever a clock that was set wrong has written between', async () => {
        for (let i = 1; i <= 5; i++) await write(i);
        await write(10 ** 9);
        for (let i = 7; i <= 10; i++) await write(i);
        // Back: as old as can be, behind rows that are not.
        await write(0);
        expect(await purge(now + 9)).to.equal(8);
        expect(await found()).to.deep.equal([]);
        expect((await rows('SELECT at FROM audit ORDER BY seq')).map(({ at }) => at)).to.deep.equal([
          now + 9,
          now + 10,
          now,
        ]);
      });

      it('behind more rows of a clock that was set wrong than are looked at at once', async () => {
        const ahead = 10 ** 9;
        for (let i = 0; i < 10; i++) await write(ahead + i);
        await write(1);
        for (let i = 0; i < 10; i++) await write(ahead + i);
        await write(500);
        await write(2);
        // What stands behind them is to be kept, and so are they.
        expect(await purge(now + 1)).to.equal(0);
        expect(await purge(now + 11)).to.equal(11);
        expect(await found()).to.deep.equal([]);
        expect((await rows('SELECT seq FROM audit ORDER BY seq')).map(({ seq }) => seq)).to.deep.equal(
          Array.from({ length: 12 }, (_, i) => 12 + i),
        );
      });

      it('with the rows of before there were chains', async () => {
        await fill();
        await run('UPDATE audit SET chain = NULL, seq = NULL, link = NULL, node = NULL');
        await run('DELETE FROM audit_chains');
        expect(await purge(now + 11)).to.equal(10);
        expect(await rows('SELECT id FROM audit')).to.have.length(15);
      });

      it('while an anchor is looked at, which then has the proof of the purge', async () => {
        const digestKey = await store.run(exportDigestKey, null);
        const seal = new Seal({ key: sealKey(digestKey), other: () => undefined, digestKey });
        /** @param between what happens after the first statement */
        const look = async (between: () => Promise<unknown>): Promise<string | undefined> => {
          await fill();
          const [anchor = expect.fail('no chain')] = await anchorsNow();
          let statements = 0;
          const get = async (sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> => {
            if (++statements === 2) await between();
            return (await rows(sql, ...parameters))[0];
          };
          const context = { sql: { get, all: rows, run }, seal, audit: usualAudit(), chain: new ChainInHand() };
          return (await checkAnchor.run(context, { ...anchor, seq: 3 }))?.what;
        };
        expect(await look(() => purge(now + 11))).to.equal(undefined);
        const removed = 'DELETE FROM audit WHERE seq <= 3';
        for (const forged of [
          'UPDATE audit_chains SET purged_seq = purged_seq',
          'UPDATE audit_chains SET purged_seq = 5',
        ]) {
          await store.run(empty, null);
          expect(await look(async () => [await run(removed), await run(forged)])).to.equal('removed');
        }
      });

      it('while they are verified and written, which stays right', async () => {
        await fill();
        let verified = 0;
        const work = async (): Promise<void> => {
          for (let i = 1; i <= 200; i++) await write(i);
        };
        const writing = work();
        const purging = (async () => {
          for (let until = 0; until <= 200; until += 10) await purge(now + until, 3);
        })();
        for (let i = 0; i < 20; i++) {
          expect(await found()).to.deep.equal([]);
          verified++;
        }
        await Promise.all([writing, purging]);
        expect([verified, await found()]).to.deep.equal([20, []]);
      });
    });

    it('leave rows of before there were chains unproven, and count them', async () => {
      await fill();
      await run('UPDATE audit SET chain = NULL, seq = NULL, link = NULL, node = NULL');
      await run('DELETE FROM audit_chains');
      await write(99);
      const { rows: verified, unlinked, findings } = await verify();
      expect([verified, unlinked, findings]).to.deep.equal([1, count, []]);
    });

    it('grow side by side: rows written at once wait for none, on two nodes and over a restart', async () => {
      const other = await opened.database.open();
      try {
        await Promise.all(
          Array.from({ length: 400 }, (_, i) => write(i, { loginId: `m${i}` }, i % 2 === 0 ? store : other)),
        );
      } finally {
        await other.close();
      }
      const { rows: verified, findings, chains } = await verify();
      expect([verified, findings]).to.deep.equal([400, []]);
      // No more than there are connections.
      expect(chains.length).to.be.within(1, 20);
      const again = await opened.database.open();
      try {
        await write(999, {}, again);
      } finally {
        await again.close();
      }
      expect(await found()).to.deep.equal([]);
      expect((await verify()).chains.map(({ id }) => chainName(id))).to.deep.equal(
        chains.map(({ id }) => chainName(id)),
      );
    });
  });
