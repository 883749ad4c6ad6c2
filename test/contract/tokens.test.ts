import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { assignToken } from '../../src/factor/assign-token.ts';
import { hotp } from '../../src/factor/oath.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';
import { findToken } from '../../src/store/find-token.ts';
import { checkTokenRows, importTokenRows } from '../../src/store/import-tokens.ts';
import type { TokenLine } from '../../src/store/place-tokens.ts';
import { setToken } from '../../src/store/set-token.ts';
import type { Store } from '../../src/store/store.ts';
import { listTokens, removeToken } from '../../src/store/tokens.ts';
import { unassignToken } from '../../src/store/unassign-token.ts';
import { windows } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { packed } from '../support/packed.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { execute, query } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const racers = 16;
const change = { id: 'c', command: 'token test', at: now };

for (const driver of drivers)
  driver.suite(`contract: administration of tokens on ${driver.name}`, function () {
    this.timeout(60_000);
    const { nodes } = nodesOn(driver);
    let users: readonly FoldedName[];

    beforeEach(async () => {
      await nodes[0].run(execute, { sql: 'DELETE FROM tokens', parameters: [] });
      const names = Array.from({ length: racers }, () => randomUUID());
      for (const each of names) await addUser(nodes[0], { names: [each] });
      users = names.map((each) => foldUserName(each) ?? expect.fail('no name'));
    });

    const node = (i: number): Store => nodes[i % 2 === 0 ? 0 : 1];
    const user = (i: number): FoldedName => users[i] ?? expect.fail('no such user');
    const line = (number: number, own: Partial<TokenLine> = {}): TokenLine => ({
      id: randomUUID(),
      line: number,
      user: null,
      key: randomBytes(20).toString('base64'),
      serial: `S${number}`,
      manufacturer: null,
      model: null,
      type: 'hotp',
      algorithm: 'sha1',
      digits: 6,
      period: 30,
      drift: 0,
      counter: 0,
      validFrom: null,
      validUntil: null,
      ...own,
    });
    const importAll = (lines: readonly TokenLine[]): Promise<number> =>
      nodes[0].run(importTokenRows, { rows: packed(lines), change });
    const total = async (unassigned = false): Promise<number> =>
      (await nodes[1].run(listTokens, { user: null, unassigned, limit: 1, offset: 0 })).total;
    const settled = async (each: (i: number) => Promise<unknown>): Promise<number> => {
      const results = await Promise.allSettled(Array.from({ length: racers }, (_, i) => each(i)));
      return results.filter(({ status }) => status === 'fulfilled').length;
    };

    it('imports more than one statement holds, and finds what would hinder it', async () => {
      const lines = Array.from({ length: 450 }, (_, i) =>
        line(i + 1, i % 3 === 0 ? { user: user(i % racers).folded } : {}),
      );
      expect(await nodes[1].run(checkTokenRows, packed(lines))).to.deep.equal([]);
      expect(await total(), 'looking changes nothing').to.equal(0);
      expect(await importAll(lines)).to.equal(450);
      expect([await total(), await total(true)]).to.deep.equal([450, 300]);
      const again = await nodes[1].run(checkTokenRows, packed(lines));
      expect(again.length).to.equal(450);
    });

    it('imports nothing if the last row is wrong', async () => {
      const lines = Array.from({ length: 250 }, (_, i) => line(i + 1));
      const error: unknown = await importAll([...lines, line(251, { user: 'nobody' })]).catch((e: unknown) => e);
      expect(String(error)).to.contain('line 251: there is no user "nobody"');
      expect(await total()).to.equal(0);
    });

    it('gives pages of tokens in order, those of nobody last', async () => {
      await importAll([line(1), line(2, { user: user(0).folded }), line(3)]);
      const pages = [0, 1, 2].map((offset) =>
        nodes[0].run(listTokens, { user: null, unassigned: false, limit: 1, offset }),
      );
      const serials = (await Promise.all(pages)).map(({ tokens }) => tokens[0]?.serial);
      expect(serials).to.deep.equal(['S2', 'S1', 'S3']);
    });

    it('assigns a token to one of sixteen who want it at once', async () => {
      const token = line(1);
      await importAll([token]);
      const key = Buffer.from(token.key, 'base64');
      const code = hotp({ key, algorithm: 'sha1', digits: 6 }, 3);
      const won = await settled((i) =>
        node(i).run(assignToken, { serial: 'S1', user: user(i), name: null, code, windows, now, change }),
      );
      expect(won).to.equal(1);
      const found = await nodes[0].run(findToken, { word: 'S1', user: foldUserName('S1') ?? null, name: null });
      expect([found.counter, found.state, found.user === null]).to.deep.equal([4, 'active', false]);
    });

    it('never gives one user more than twenty, however many are assigned at once', async () => {
      await importAll(Array.from({ length: 30 }, (_, i) => line(i + 1, i < 14 ? { user: user(0).folded } : {})));
      const assignment = { user: user(0), name: null, code: null, windows, now, change };
      const won = await settled((i) => node(i).run(assignToken, { ...assignment, serial: `S${i + 15}` }));
      expect(won).to.equal(6);
    });

    it('changes, takes back and removes', async () => {
      const token = line(1, { user: user(0).folded });
      await importAll([token]);
      const kept = { name: undefined, disabled: undefined, validFrom: undefined };
      await nodes[0].run(setToken, { id: token.id, ...kept, validUntil: now, pin: '1234', change });
      const found = { word: user(0).folded, user: user(0), name: null };
      expect(await nodes[1].run(findToken, found)).to.include({ validUntil: now, hasPin: true });
      await nodes[0].run(unassignToken, { serial: 'S1', change });
      expect(await total(true)).to.equal(1);
      expect(await settled((i) => node(i).run(removeToken, { id: token.id, change }))).to.equal(racers);
      expect(await total()).to.equal(0);
      const audit = await nodes[0].run(query, {
        sql: "SELECT reason FROM audit WHERE result = 'change' ORDER BY id DESC LIMIT 3",
        parameters: [],
      });
      expect(audit.map(({ reason }) => reason)).to.deep.equal(['token-test: S1', 'token-test: S1', 'token-test: S1']);
    });
  });
