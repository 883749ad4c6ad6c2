import { expect } from 'chai';
import { addUser, giveToken } from '../../support/scratch-store.ts';
import { addRecoveryCode, execute, query } from '../../support/test-transactions.ts';
import { localConfig, Workplace } from './command.ts';

describe('radgate user: factors', () => {
  const work = new Workplace();
  before(async () => {
    work.write('radius.conf', localConfig);
    work.write('lenient.conf', localConfig.replace('name = "here"', 'name = "here"\nfactor = "if-enrolled"'));
    await work.does(['user', 'add', 'Alice']);
  });
  after(() => work.remove());
  const shown = (): Promise<unknown> => work.json(['user', 'show', 'alice']);

  it('makes ten recovery codes, shown once and kept nowhere', async () => {
    const first = (await work.does(['user', 'recovery', 'alice'])).trimEnd().split('\n');
    expect(first).to.have.length(10);
    for (const code of first) expect(code).to.match(/^[A-Z2-7]{5}-[A-Z2-7]{5}$/);
    expect(await work.does(['user', 'recovery', 'alice', '--count'])).to.equal(
      '"Alice" has 10 recovery code(s) left.\n',
    );
    const { user, codes } = (await work.json(['user', 'recovery', 'alice'])) as { user: string; codes: string[] };
    expect([user, new Set([...first, ...codes]).size]).to.deep.equal(['Alice', 20]);
    await work.inStore((store) =>
      store.run(execute, {
        sql: 'DELETE FROM recovery_codes WHERE rowid IN (SELECT rowid FROM recovery_codes LIMIT 3)',
      }),
    );
    expect(await work.json(['user', 'recovery', 'alice', '--count'])).to.deep.equal({ user: 'Alice', left: 7 });
    expect(await shown()).to.have.property('recovery_codes', 7);
    expect(await work.does(['user', 'show', 'alice']))
      .to.match(/^Methods +recovery$/m)
      .and.match(/^Recovery codes +7 left$/m);
  });

  it('the report of enrolment has nothing of who is not enrolled alone, and leaves who has nothing in use', async () => {
    const names = ['bare', 'fresh', 'off', 'old', 'spent'];
    await work.inStore(async (store) => {
      for (const name of names) await addUser(store, { id: name, names: [name] });
      for (const [i, name] of ['fresh', 'off', 'old'].entries())
        await giveToken(store, { id: name, userId: name, key: Buffer.alloc(20, i) });
      await store.run(addRecoveryCode, { userId: 'spent', code: 'ABCDE23456' });
      for (const sql of [
        "UPDATE tokens SET state = 'pending' WHERE id = 'fresh'",
        "UPDATE tokens SET state = 'disabled' WHERE id = 'off'",
        "UPDATE tokens SET valid_until = 1 WHERE id = 'old'",
        "UPDATE recovery_codes SET used_at = 1 WHERE user_id = 'spent'",
      ])
        await store.run(execute, { sql });
    });
    const report = await work.json(['report', 'enrolment', '--missing']);
    const { users } = report as { users: { user: string; enrolled: boolean; has: string[] }[] };
    expect(users.map(({ user, enrolled, has }) => [user, enrolled, ...has])).to.deep.equal([
      ['Alice', true, 'recovery codes'],
      ['bare', false],
      ['fresh', true, 'pending token'],
      ['off', true, 'unusable token'],
      ['old', true, 'unusable token'],
      ['spent', true, 'used recovery codes'],
    ]);
    await work.inStore((store) => store.run(execute, { sql: "DELETE FROM users WHERE name <> 'Alice'" }));
  });

  it('grants a bypass with a reason, shows it, and takes it back', async () => {
    for (const reason of [[], ['--reason', ' ']]) {
      const { code, stderr } = await work.radgate(['user', 'bypass', 'alice', ...reason]);
      expect([code, stderr.includes('--reason TEXT')]).to.deep.equal([64, true]);
    }
    for (const seconds of ['0', '86401', '5m'])
      expect((await work.radgate(['user', 'bypass', 'alice', '--reason', 'x', '--seconds', seconds])).code).to.equal(
        64,
      );
    expect(await shown()).to.have.property('bypass', null);
    const said = await work.does(['user', 'bypass', 'alice', '--reason', 'lost phone', '--seconds', '86400']);
    expect(said).to.contain('once with the password alone within the next 86400 s');
    const { bypass } = (await shown()) as { bypass: { reason: string; until: string } };
    expect(bypass.reason).to.equal('lost phone');
    expect(Date.parse(bypass.until) - Date.now()).to.be.within(86_000_000, 86_400_000);
    expect(await work.does(['user', 'show', 'alice'])).to.match(/^Bypass +once until .*: lost phone$/m);
    expect(await work.does(['user', 'bypass', 'alice', '--cancel'])).to.equal('Took back the bypass of "Alice".\n');
    expect((await work.radgate(['user', 'bypass', 'alice', '--cancel'])).code).to.equal(1);
    const sql = "SELECT reason FROM audit WHERE client = 'radgate user bypass' ORDER BY id";
    const rows = await work.inStore((store) => store.run(query, { sql }));
    expect(rows.map(({ reason }) => reason)).to.deep.equal([
      'user-bypass: 86400 s, lost phone',
      'user-bypass: cancelled',
    ]);
  });

  it('shows the drift and the counter of tokens, the wait after wrong codes, and no secrets', async () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    await work.does(['token', 'add', 'alice', '--secret-stdin'], `${secret}\n`);
    await work.inStore(async (store) => {
      await store.run(execute, { sql: 'UPDATE tokens SET drift = -4, last_used_at = 1' });
      await store.run(execute, {
        sql: `INSERT INTO tokens (id, user_id, type, name, secret, algorithm, digits, period, state, counter, created_at)
          SELECT 'h', user_id, 'hotp', 'key fob', secret, 'sha1', 6, 30, 'disabled', 17, 0 FROM tokens`,
      });
      await store.run(execute, {
        sql: "INSERT OR REPLACE INTO lockouts (user_id, factor, failures, paused_until) SELECT id, 'code', 2, ? FROM users",
        parameters: [Date.now() + 300_000],
      });
    });
    const text = await work.does(['user', 'show', 'alice']);
    expect(text)
      .to.match(/^totp +- +totp +active +120 s behind /m)
      .and.match(/^key fob +- +hotp +disabled +next counter 17 /m)
      .and.match(/^State +paused$/m)
      .and.match(/^Wrong codes +2 of 3, paused until /m)
      .and.match(/^Methods +totp, recovery$/m)
      .and.not.contain(secret);
    expect((await work.does(['user', 'unlock', 'alice'])).trim()).to.equal(
      'The user "Alice" need not wait any longer: there were 2 wrong codes.',
    );
    expect(await shown()).to.include({ failures: 0, paused_until: null });
  });

  it('resets nobody without a terminal to ask on, unless told --yes', async () => {
    const asked = await work.radgate(['user', 'reset', 'alice'], 'y\n');
    expect([asked.code, asked.stderr.includes('needs --yes')]).to.deep.equal([64, true]);
    await work.does(['user', 'bypass', 'alice', '--reason', 'x']);
    const done = await work.radgate(['user', 'reset', 'alice', '--yes', '-c', 'lenient.conf']);
    expect(done.stdout).to.equal(
      'Reset the user "Alice". Removed: 2 token(s), 7 recovery code(s), 1 bypass(es).\n' +
        'To register anew: radgate token add Alice\n',
    );
    expect(done.stderr).to.contain('password alone is enough for "here"');
    expect(await shown()).to.deep.include({ tokens: [], recovery_codes: 0, bypass: null });
    expect((await work.radgate(['user', 'reset', 'alice', '-y'])).stderr).to.equal('');
  });
});
