import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OperatorError } from '../../src/errors.ts';
import { hotp } from '../../src/factor/oath.ts';
import { attempt } from '../../src/login/attempt.ts';
import { useBypass } from '../../src/login/use-bypass.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { exportDigestKey, exportPage } from '../../src/store/export.ts';
import { identify } from '../../src/store/identify.ts';
import { beginImport, finishImport, importIsUnfinished, importRows } from '../../src/store/import.ts';
import type { Row } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { tables } from '../../src/store/tables.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { lockoutRules } from '../support/login-rules.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { postgres, sqlite, type Database, type Driver, type RunningDriver } from '../support/store-drivers.ts';
import { addRecoveryCode, execute, query, subscribe } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const pin = 'aB3x';
const totpKey = Buffer.from('12345678901234567890');
const hotpKey = randomBytes(64);
const recovery = 'ABCDE23456';

const ways: readonly (readonly [Driver, Driver])[] = [
  [sqlite, sqlite],
  [sqlite, postgres],
  [postgres, sqlite],
];

for (const [from, to] of ways) {
  const suite = from === postgres ? from.suite : to.suite;
  suite(`contract: a store moves from ${from.name} to ${to.name}`, function () {
    this.timeout(30_000);
    const dirs: string[] = [];
    const opened: Store[] = [];
    let drivers: readonly [RunningDriver, RunningDriver];
    let target: Database;
    let source: Store;

    before(async () => {
      const first = await from.start();
      drivers = [first, from === to ? first : await to.start()];
    });
    after(async () => {
      for (const driver of new Set(drivers)) await driver.stop();
      for (const dir of dirs) rmSync(dir, { recursive: true });
    });
    beforeEach(async () => {
      source = await open(await makeDatabase(drivers[0]));
      target = await makeDatabase(drivers[1]);
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
    });

    const makeDatabase = (driver: RunningDriver): Promise<Database> => {
      const dir = mkdtempSync(join(tmpdir(), 'radgate-move-'));
      dirs.push(dir);
      return driver.database(dir);
    };
    const open = async (database: Database): Promise<Store> => {
      const store = await database.open();
      opened.push(store);
      return store;
    };
    const run = (store: Store, sql: string, ...parameters: readonly (string | number | Buffer | null)[]) =>
      store.run(execute, { sql, parameters });

    /** Something in every table, and every column used. */
    const fill = async (store: Store): Promise<void> => {
      const hash = { kind: 'nt-hash', octets: Buffer.alloc(16, 0xab) } as const;
      const password = { kind: 'password', octets: Buffer.from('p\u00e4ss\u{1f600}') } as const;
      const alice = { id: 'u1', names: ['al\u00efce', 'alice'], failures: 3 };
      await addUser(store, { ...alice, password: '$scrypt$x', kept: password });
      await addUser(store, { id: 'u2', names: ['bob'], disabled: true, password: '$scrypt$y', kept: hash });
      await run(
        store,
        `UPDATE users SET name = 'Al\u00efce "the" O''Neil \\ ?', first_name = 'Al\u00efce', last_name = '\u{1f600}', phone = '+41', email = 'a@b', language = 'fr', preferred_way = 'sms', last_login_at = ? WHERE id = 'u1'`,
        now,
      );
      for (const group of ['vpn', 'Staff & Co']) await run(store, `INSERT INTO user_groups VALUES ('u1', ?)`, group);
      await giveToken(store, { id: 't1', userId: 'u1', key: totpKey, pin, lastStep: 5, drift: -7 });
      const hotpToken = { type: 'hotp', algorithm: 'sha256', digits: 8, counter: 2 ** 52, validFrom: 1 } as const;
      await giveToken(store, { id: 't2', userId: 'u1', key: hotpKey, ...hotpToken, validUntil: now * 2 });
      await giveToken(store, { id: 't3', userId: 'u2', key: randomBytes(32), state: 'disabled', period: 60 });
      await run(
        store,
        `UPDATE tokens SET user_id = NULL, serial = 'S-1', manufacturer = 'M', model = 'X', resync_next = 9, resync_until = 8,
           last_used_at = 7 WHERE id = 't3'`,
      );
      await run(
        store,
        `UPDATE lockouts SET paused_until = 4, last_answer = ?, last_client = 'vpn', last_at = 5`,
        Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)),
      );
      await store.run(addRecoveryCode, { userId: 'u1', code: recovery });
      await store.run(addRecoveryCode, { userId: 'u1', code: 'ZZZZZ77777' });
      await run(
        store,
        `INSERT INTO bypasses VALUES ('b1', 'u1', 'phone left; "home"', 1, ?, NULL), ('b2', 'u2', 'x', 1, 2, 2)`,
        now * 2,
      );
      await run(
        store,
        `INSERT INTO app_passwords VALUES ('a1', 'u1', 'mail', 'vpn', ?, 1, NULL), ('a2', 'u1', 'cal', 'vpn', ?, 1, 2)`,
        randomBytes(32),
        randomBytes(32),
      );
      await run(
        store,
        `INSERT INTO devices VALUES ('d1', 'u1', 'Pixel', ?, 1, NULL, 0), ('d2', 'u1', 'iPhone', ?, 1, 2, 7)`,
        randomBytes(65),
        randomBytes(65),
      );
      const subscription = {
        endpoint: 'https://push.example/1',
        publicKey: randomBytes(65),
        authSecret: randomBytes(16),
      };
      await store.run(subscribe, { deviceId: 'd1', subscription, now });
      await run(store, `INSERT INTO used_nonces VALUES (?, 'd2', 6)`, randomBytes(40));
      await run(store, `INSERT INTO approval_states VALUES ('u1', 2, ?)`, now);
      await run(
        store,
        `INSERT INTO enrolments VALUES (?, 'u1', 1, 2, NULL, 'add', 3, 'none', '+41', 'sms', 4, ?, 5, 'd1'), (?, 'u2', 6, 7, 8, 'refuse', 0,
           NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
        ...[16, 32, 16].map((size) => randomBytes(size)),
      );
      await run(store, `INSERT INTO audit_streams VALUES ('soc', 'n1', 0, 0), ('soc', 'n1', ?, 7)`, 2 ** 47);
      await run(store, `INSERT INTO seen_authenticators VALUES ('client', '192.0.2.1'), ('upstream', '::1')`);
      await run(
        store,
        `INSERT INTO message_counts VALUES (1, 'sms', 'gateway', 'sent', 7, 900), (1, 'sms', '-', 'failed', 2, 0)`,
      );
      await run(
        store,
        `INSERT INTO accounting (at, client, client_address, status, user_name, session_id, session_time, input_octets, output_octets,
           framed_address, calling_station_id, terminate_cause, event_at, digest) VALUES (?, 'vpn', '192.0.2.1', 'stop', 'al\u00efce', 's', 1, ?, 2,
           '192.0.2.7', 'AA', 1, 3, ?), (1, 'vpn', '::1', 'on', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ?)`,
        now,
        2 ** 52,
        randomBytes(32),
        randomBytes(32),
      );
      for (let i = 0; i < 25; i++)
        await store.run(attempt, { ...attemptInput('u2', `${i}`, now + i), methods: ['recovery'] });
      // A gap in the numbers, as a rolled back transaction leaves one.
      await run(store, 'DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT 10)');
    };

    const pages = async (store: Store, table: (typeof tables)[number], limit: number): Promise<Row[][]> => {
      const found: Row[][] = [];
      for (let after: Row | undefined; ;) {
        const last = after;
        const key = last ? table.key.map((column) => last[column] ?? null) : null;
        const page = await store.run(exportPage, { table: table.name, after: key, limit });
        if (page.length === 0) return found;
        found.push(page);
        after = page.at(-1);
      }
    };
    /** Everything in a store, secrets opened; the audit without its numbers, which are the store's own. */
    const contents = async (store: Store): Promise<Record<string, unknown>> => {
      const all: Record<string, unknown> = { digestKey: await store.run(exportDigestKey, null) };
      for (const table of tables) {
        const rows = (await pages(store, table, 1_000)).flat();
        all[table.name] = table.numbered ? rows.map((row) => ({ ...row, id: 0 })) : rows;
      }
      return all;
    };
    const move = async (limit = 1_000): Promise<Store> => {
      const store = await open(target);
      await store.run(beginImport, await source.run(exportDigestKey, null));
      for (const table of tables)
        for (const rows of await pages(source, table, limit)) await store.run(importRows, { table: table.name, rows });
      await store.run(finishImport, null);
      // The key of the digests has changed.
      return open(target);
    };

    it('every row of every table arrives, whatever the size of a page', async () => {
      await fill(source);
      const before = await contents(source);
      for (const { name } of tables)
        expect(before[name], `rows of ${name}`).to.have.property('length').that.is.above(0);
      for (const limit of [1, 2, 7]) {
        target = await makeDatabase(drivers[1]);
        const after = await contents(await move(limit));
        for (const [name, rows] of Object.entries(before)) expect(after[name], `${name}, ${limit}`).to.deep.equal(rows);
      }
    });

    it('the tables are all that there are, but for what does not outlive a login or is the store\u2019s own', async () => {
      const statement =
        from === postgres
          ? "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
          : "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'libsql_%'";
      const names = (await source.run(query, { sql: statement })).map((row) => row['name']);
      const own = [
        'facts',
        'schema_version',
        'waiting_logins',
        'sent_codes',
        'outbox',
        'send_counts',
        'send_lock',
        'approvals',
        'approval_links',
        'remembered',
        'client_habits',
        // Of older versions.
        'device_nonces',
      ];
      expect(names).to.have.members([...tables.map(({ name }) => name), ...own]);
    });

    it('keys are sealed anew: nothing of one store opens in the other', async () => {
      await fill(source);
      const moved = await move();
      const sealed = async (store: Store): Promise<Buffer[]> =>
        (await store.run(query, { sql: 'SELECT secret FROM tokens ORDER BY id' })).map(
          (row) => row['secret'] as Buffer,
        );
      const [before, after] = [await sealed(source), await sealed(moved)];
      for (const [i, each] of after.entries()) {
        expect(each.subarray(1, 9)).not.to.deep.equal(before[i]?.subarray(1, 9));
        expect(each.includes(totpKey)).to.equal(false);
      }
    });

    it('the users log in as before: codes, PINs, recovery codes, a bypass; and the audit goes on', async () => {
      await fill(source);
      const last = Math.floor(now / 30_000) - 7;
      const hotpToken = { key: hotpKey, algorithm: 'sha256', digits: 8 } as const;
      const totpCode = `${pin}${hotp({ key: totpKey, algorithm: 'sha1', digits: 6 }, last)}`;
      const rules = { lockout: lockoutRules, methods: ['totp', 'hotp', 'recovery'] } as const;
      const used = { ...attemptInput('u1', 'ZZZZZ77777', now), ...rules };
      expect((await source.run(attempt, used)).outcome).to.equal('accepted');

      const moved = await move();
      const answer = async (typed: string): Promise<string> =>
        (await moved.run(attempt, { ...attemptInput('u1', typed, now), ...rules })).outcome;
      const name = foldUserName('ALICE') ?? expect.fail('no name');
      const identity = await moved.run(identify, {
        proven: [],
        asked: name,
        realms: undefined,
        lockout: lockoutRules,
        now,
      });
      expect(identity).to.deep.include({ userId: 'u1', bypassId: 'b1', methods: ['totp', 'hotp', 'recovery'] });
      expect(await answer(totpCode)).to.equal('accepted');
      expect(await answer(totpCode)).to.equal('code-used');
      expect(await answer(hotp(hotpToken, 2 ** 52 + 1))).to.equal('accepted');
      expect(await answer('zzzzz-77777')).to.equal('code-used');
      expect(await answer('abcde-23456')).to.equal('accepted');
      const { audit } = attemptInput('u1', '', now);
      expect(await moved.run(useBypass, { id: 'b1', userId: 'u1', now, audit })).to.equal(true);
      const rows = await moved.run(query, { sql: 'SELECT id, reason FROM audit ORDER BY id' });
      expect(rows.map(({ id }) => id)).to.deep.equal(Array.from(rows, (_, i) => i + 1));
      expect(rows.slice(-6).map(({ reason }) => reason)).to.deep.equal([
        'accepted',
        'code-used',
        'accepted',
        'code-used',
        'accepted',
        'bypass-used',
      ]);
    });

    it('a token that the page of a link has begun is none of the user\u2019s in the other store either', async () => {
      await addUser(source, { id: 'u3', names: ['carol'] });
      await giveToken(source, { id: 't9', userId: 'u3', key: totpKey, state: 'pending' });
      await run(
        source,
        `INSERT INTO enrolments (digest, user_id, created_at, expires_at, token_id) VALUES (?, 'u3', 1, ?, 't9')`,
        randomBytes(16),
        now * 2,
      );
      const name = foldUserName('carol') ?? expect.fail('no name');
      for (const store of [source, await move()]) {
        const input = { proven: [], asked: name, realms: undefined, lockout: lockoutRules, now };
        expect(await store.run(identify, input)).to.deep.include({ userId: 'u3', methods: [], enrolled: false });
      }
    });

    it('is told as unfinished from the first step to the last', async () => {
      const store = await open(target);
      expect(await store.run(importIsUnfinished, null)).to.equal(false);
      await store.run(beginImport, await source.run(exportDigestKey, null));
      expect(await store.run(importIsUnfinished, null)).to.equal(true);
      const again = await open(target);
      expect(await again.run(importIsUnfinished, null), 'by another one too').to.equal(true);
      await store.run(beginImport, await source.run(exportDigestKey, null));
      await store.run(finishImport, null);
      expect(await again.run(importIsUnfinished, null)).to.equal(false);
    });

    for (const { name } of tables)
      it(`is refused where there are rows in ${name}, and changes nothing`, async () => {
        await fill(source);
        const store = await open(target);
        await fill(store);
        for (const each of tables.toReversed()) if (each.name !== name) await emptyTable(store, each.name, name);
        const digestKey = await store.run(exportDigestKey, null);
        const failure: unknown = await store.run(beginImport, randomBytes(32)).catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(OperatorError).with.property('code', 'exists');
        expect(await store.run(exportDigestKey, null)).to.deep.equal(digestKey);
        expect(await store.run(importIsUnfinished, null)).to.equal(false);
      });

    /** Empties a table, unless the rows of another need those in it. */
    const emptyTable = async (store: Store, name: string, keep: string): Promise<void> => {
      const needs = [
        'user_names',
        'user_groups',
        'lockouts',
        'recovery_codes',
        'bypasses',
        'app_passwords',
        'devices',
        'used_nonces',
        'push_subscriptions',
        'approval_states',
        'enrolments',
        'tokens',
      ];
      if (name === 'users' && needs.includes(keep)) return;
      if (name === 'devices' && (keep === 'used_nonces' || keep === 'push_subscriptions')) return;
      await run(store, `DELETE FROM ${name}`);
    };

    it('refuses a table or a column that there is not', async () => {
      const store = await open(target);
      const tries = [
        { table: 'facts', rows: [] },
        { table: 'users; DROP TABLE users', rows: [] },
        { table: 'users', rows: [{ id: 'u', 'name) VALUES (1); --': 'x' }] },
        { table: 'users', rows: [{ id: 'u', no_such: 'x' }] },
      ];
      for (const input of tries)
        expect(await store.run(importRows, input).catch((error: unknown) => error), input.table).to.be.an('error');
      expect(await store.run(query, { sql: 'SELECT id FROM users' })).to.deep.equal([]);
    });
  });
}
