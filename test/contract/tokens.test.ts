import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { assignToken } from '../../src/factor/assign-token.ts';
import { hotp } from '../../src/factor/oath.ts';
import { attempt } from '../../src/login/attempt.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';
import { findToken } from '../../src/store/find-token.ts';
import { checkTokenRows, importTokenRows } from '../../src/store/import-tokens.ts';
import type { TokenLine } from '../../src/store/place-tokens.ts';
import { setToken } from '../../src/store/set-token.ts';
import type { Sql } from '../../src/store/sql.ts';
import type { Store, Transaction } from '../../src/store/store.ts';
import { addToken, listTokens, removeToken, type NewToken } from '../../src/store/tokens.ts';
import { unassignToken } from '../../src/store/unassign-token.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { windows } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { packed } from '../support/packed.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { drivers, sqlite } from '../support/store-drivers.ts';
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

    it('imports nothing beside a token that has the serial number or the key already', async () => {
      const own = { user: user(0).folded, serial: null } as const;
      await importAll([line(1), line(2, own)]);
      const [given] = await nodes[0].run(query, { sql: "SELECT name FROM tokens WHERE serial = 'S1'" });
      expect(given).to.deep.equal({ name: 'S1' });
      const twin = line(3, own);
      for (const lines of [
        [line(4), line(1)],
        [twin, line(5), { ...twin, id: 'twin' }],
      ])
        expect(String(await importAll(lines).catch((error: unknown) => error))).to.match(/^OperatorError: line /);
      expect(await total()).to.equal(2);
    });

    if (driver !== sqlite)
      describe('while tokens are imported', () => {
        /** Imports, and does something else before or after each statement that writes tokens. */
        const importBeside = (
          lines: readonly TokenLine[],
          when: 'before' | 'after',
          work: () => Promise<unknown>,
        ): Promise<number> => {
          const beside: Transaction<null, number> = {
            name: 'test-import-beside',
            access: 'write',
            run: (context) => {
              const { sql } = context;
              const watched: Sql = {
                get: (statement, ...values) => sql.get(statement, ...values),
                all: (statement, ...values) => sql.all(statement, ...values),
                run: async (statement, ...values) => {
                  const writes = statement.startsWith('INSERT INTO tokens');
                  if (writes && when === 'before') await work();
                  const changed = await sql.run(statement, ...values);
                  if (writes && when === 'after') await work();
                  return changed;
                },
              };
              return importTokenRows.run({ ...context, sql: watched }, { rows: packed(lines), change });
            },
          };
          return nodes[0].run(beside, null);
        };
        const give = (own: Partial<NewToken> = {}): Promise<unknown> =>
          nodes[1].run(addToken, {
            id: randomUUID(),
            user: user(0),
            name: null,
            key: randomBytes(20),
            algorithm: 'sha1',
            digits: 6,
            period: 30,
            state: 'active',
            now,
            ...own,
          });
        const tokenNames = async (): Promise<unknown[]> =>
          (await nodes[1].run(query, { sql: 'SELECT name FROM tokens ORDER BY name' })).map(({ name }) => name);

        for (const when of ['before', 'after'] as const)
          it(`nobody's login waits ${when} they are written`, async () => {
            const key = randomBytes(20);
            const name = randomUUID();
            const userId = await addUser(nodes[0], { names: [name] });
            await giveToken(nodes[0], { userId, key });
            let step = 0;
            const login = async (): Promise<void> => {
              const at = ++step * 30_000;
              const code = hotp({ key, algorithm: 'sha1', digits: 6 }, at / 30_000);
              expect(await nodes[1].run(attempt, attemptInput(userId, code, at))).to.include({ outcome: 'accepted' });
            };
            const lines = Array.from({ length: 210 }, (_, i) => line(i + 1, i % 20 === 0 ? { user: name } : {}));
            expect(await importBeside(lines, when, login)).to.equal(210);
            expect(step).to.equal(2);
          });

        it('another one may be given to their users', async () => {
          expect(await importBeside([line(1, { user: user(0).folded })], 'after', give)).to.equal(1);
          expect(await tokenNames()).to.deep.equal(['S1', 'totp']);
        });

        it('none is imported if a user is given the same key', async () => {
          const own = line(1, { user: user(0).folded });
          const key = Buffer.from(own.key, 'base64');
          const refused: unknown = await importBeside([line(2), own], 'after', () => give({ key })).catch(String);
          expect(refused).to.contain(`somebody was faster: "${user(0).folded}" has this key already, in the token "`);
          expect(await tokenNames()).to.deep.equal(['totp']);
        });

        it('none is imported if a user is given more than there can be', async () => {
          const lines = Array.from({ length: 20 }, (_, i) => line(i + 1, { user: user(0).folded }));
          const refused: unknown = await importBeside(lines, 'after', give).catch(String);
          expect(refused).to.contain(`somebody was faster: "${user(0).folded}" has 20 tokens already`);
          expect(await tokenNames()).to.deep.equal(['totp']);
        });

        for (const [what, own] of [
          ['serial number', { serial: 'S2' }],
          ['name', { name: 'S1' }],
        ] as const)
          it(`none is imported if a user is given the same ${what}`, async () => {
            const lines = [line(1, { user: user(0).folded }), line(2)];
            const refused: unknown = await importBeside(lines, 'before', () => give(own)).catch(String);
            expect(refused).to.contain('somebody was faster: one of the serial numbers or names was given meanwhile');
            expect(await tokenNames()).to.have.length(1);
          });

        it('two at once for the same users in another order are both imported', async () => {
          const linesOf = (batch: string): TokenLine[] =>
            users.map(({ folded }, i) => line(i + 1, { user: folded, serial: `${batch}${i}` }));
          const imports = [linesOf('A'), linesOf('B').toReversed()].map((lines, i) =>
            node(i).run(importTokenRows, { rows: packed(lines), change }),
          );
          expect(await Promise.all(imports)).to.deep.equal([racers, racers]);
        });
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
