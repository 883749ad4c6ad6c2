import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect } from 'chai';
import type { AuditRow } from '../../../src/audit/audit.ts';
import { record } from '../../../src/audit/record.ts';
import { csvLine } from '../../../src/cli/terminal/csv-line.ts';
import { localMonth, localTime } from '../../../src/cli/terminal/local-time.ts';
import { readMoment } from '../../../src/cli/input/read-moment.ts';
import { shown } from '../../../src/cli/terminal/shown.ts';
import { execute } from '../../support/test-transactions.ts';
import { addUser } from '../../support/scratch-store.ts';
import { localConfig, Workplace } from './command.ts';

/** When this file's turn has come: mocha reads all files long before. */
let now = Date.now();
const minute = 60_000;
const formula = '=cmd|calc!A1';
const forged = 'eve\u001b[2J\u202e';

const gateway = `
[[provider]]
name = "gateway"
type = "webhook"
url = "https://gateway.example/"
secret = "a secret of the gateway"
price = "0.075 EUR"
`;

describe('radgate report', () => {
  const work = new Workplace();
  before(async () => {
    now = Date.now();
    work.write('radius.conf', `${localConfig}${gateway}`);
    await work.inStore(async (store) => {
      await addUser(store, { id: 'u1', names: ['alice', 'asmith'], failures: 3 });
      const write = (ago: number, loginId: string, row: Partial<AuditRow>): Promise<null> =>
        store.run(record, {
          at: now - ago * minute,
          loginId,
          userId: null,
          userName: 'alice',
          client: 'here',
          clientAddress: '192.0.2.10',
          callingStationId: '198.51.100.7',
          primary: 'local',
          method: null,
          result: 'reject',
          reason: 'password-wrong',
          latency: 3,
          ...row,
        });
      for (let i = 0; i < 12; i++) await write(60 - i, `old${i}`, {});
      await write(9, 'right', { userId: 'u1', result: 'accept', reason: 'accepted', method: 'totp' });
      await write(8, 'locks', { userId: 'u1', userName: 'ASMITH', result: 'challenge', reason: 'code-wrong' });
      await write(7, 'other', { userName: 'bob', client: 'wifi' });
      await write(6, 'locks', { userId: 'u1', userName: 'ASMITH', reason: 'locked' });
      await write(5, 'change', {
        userId: 'u1',
        result: 'change',
        reason: 'user-set: phone',
        client: 'radgate user set',
      });
      await write(4, 'formula', { userName: formula });
      await write(3, 'forged', { userName: forged, callingStationId: forged });
      for (const [id, state, provider] of [
        ['m1', 'sent', 'gateway'],
        ['m2', 'failed', null],
      ] as const)
        await store.run(execute, {
          sql: `INSERT INTO outbox (id, method, state, provider, created_at, finished_at, target, client, boot, due, valid_until)
                VALUES (?, 'sms', ?, ?, ?, ?, '+33', 'here', 'b', 0, 0)`,
          parameters: [id, state, provider, now - minute, now - minute + 1_240],
        });
    });
  });
  after(() => work.remove());

  it('logins: the newest first, filtered, and says that there are more', async () => {
    const lines = (await work.does(['report', 'logins', '--user', 'ASMITH', '--limit', '3'])).split('\n');
    expect(lines[0]).to.match(/^TIME +USER +FROM +CLIENT +RESULT +REASON$/);
    expect(lines[1])
      .to.contain(localTime(now - 6 * minute))
      .and.to.match(/ASMITH +198\.51\.100\.7 +here +reject +locked$/);
    expect(lines[3]).to.match(/alice +198\.51\.100\.7 +here +accept +accepted \(totp\)$/);
    expect(lines.slice(4)).to.deep.equal(['', 'There are more: add --since or --until, or a larger --limit.', '']);
    const filters = ['--client', 'here', '--since', '10m', '--result', 'accept', '--method', 'totp'];
    const found = (await work.does(['report', 'logins', ...filters, '--reason', 'accepted', '--json'])).trimEnd();
    expect(JSON.parse(found)).to.deep.include({ login: 'right', user: 'alice', user_id: 'u1', device: '198.51.100.7' });
    expect(await work.does(['report', 'logins', '--client', 'nowhere'])).to.equal('No such logins.\n');
  });

  it('logins: CSV has all of them, a name that is a formula is none, and no name reaches the terminal as it is', async () => {
    const rows = parse(await work.does(['report', 'logins', '--csv']), { columns: true }) as Record<string, string>[];
    expect(rows).to.have.length(18);
    expect(rows[1]).to.include({ login: 'formula', user: `'${formula}`, method: '' });
    expect(await work.does(['report', 'logins', '--limit', '1'])).to.contain('eve\\x1b[2J\\u{202e}');
    expect(await work.does(['report', 'denials'])).to.contain('eve\\x1b[2J\\u{202e}');
  });

  it('user: the story of each login in order, why it failed and what to do; the last ten', async () => {
    const story = await work.does(['report', 'user', 'asmith']);
    expect(story).to.match(/^alice: locked, active tokens: 0\n\n/);
    expect(story.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);
    expect(story.match(/REFUSED at here from 198\.51\.100\.7/g)).to.have.length(9);
    expect(story.match(/LET IN at here/g)).to.have.length(1);
    expect(story.trimEnd()).to.match(
      /CHANGED by "radgate user set"\n +\S+ {2}user-set: phone, as "alice": a user was changed: .*$/s,
    );
    const [, locked = ''] = story.split('LET IN');
    expect(locked).to.match(
      /code-wrong, as "ASMITH": wrong code, asked again\n.*locked, as "ASMITH": locked after.*What to do: Ask whether it was/s,
    );
    expect(story).not.to.contain('bob');
    const { logins, changes } = (await work.json(['report', 'user', 'alice', '--limit', '1'])) as {
      logins: { login: string; steps: { reason: string }[] }[];
      changes: object[];
    };
    expect(logins.map(({ login, steps }) => [login, ...steps.map(({ reason }) => reason)])).to.deep.equal([
      ['locks', 'code-wrong', 'locked'],
    ]);
    expect(changes).to.have.length(1);
    const csv = parse(await work.does(['report', 'user', 'alice', '--csv', '--limit', '2']), { columns: true });
    expect(csv).to.have.length(4);
    expect((await work.radgate(['report', 'user', 'mallory'])).code).to.equal(1);
  });

  it('denials: by reason, name and origin', async () => {
    const found = (await work.json(['report', 'denials', '--limit', '1'])) as Record<string, Record<string, unknown>[]>;
    expect(found['total']).to.equal(17);
    expect(found['reasons']?.[0]).to.include({ reason: 'password-wrong', denials: 15, users: 4 });
    expect(found['users']).to.have.length(1);
    expect(found['users']?.[0]).to.include({ user: 'alice', denials: 12, origins: 1 });
    expect(found['origins']?.[0]).to.include({ origin: '198.51.100.7', denials: 16 });
    const text = await work.does(['report', 'denials', '--since', '2d', '--until', '1d']);
    expect(text).to.match(/^From .* to .*: 0 denials\.\n$/);
    expect(await work.does(['report', 'denials', '--csv'])).to.contain(`user,'${formula.toLowerCase()},1,1,`);
  });

  it('usage and delivery: what was let in and sent', async () => {
    const { months } = (await work.json(['report', 'usage'])) as { months: Record<string, unknown>[] };
    expect(months).to.have.length(12);
    const total = (key: string): number => months.reduce((sum, month) => sum + Number(month[key]), 0);
    expect([total('active_users'), total('authentications')]).to.deep.equal([1, 1]);
    expect(months.map((month) => month['messages_sent'])).to.deep.include({ sms: 1 });
    expect(await work.does(['report', 'usage', '--since', '8m'])).to.match(/sms 1\n$/);
    expect(await work.does(['report', 'usage', '--csv'])).to.contain(',messages_sent,sms,1\n');
    expect(await work.does(['report', 'delivery', '--csv'])).to.equal(
      'channel,provider,sent,failed,abandoned,waiting,mean_ms,cost,currency\nsms,,0,1,0,0,,,\nsms,gateway,1,0,0,0,1240,0.075,EUR\n',
    );
    expect(await work.does(['report', 'delivery'])).to.match(/sms +gateway +1 +0 +0 +0 +1\.2 s +0\.075 EUR\n$/);
  });

  it('enrolment: CSV has what a user has in one cell, as lists of an import are written', async () => {
    await work.does(['user', 'recovery', 'alice']);
    for (const [name, key] of [
      ['one', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
      ['two', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'],
    ] as const)
      await work.does(['token', 'add', 'alice', '--name', name, '--secret-stdin'], key);
    expect(await work.does(['report', 'enrolment', '--csv'])).to.equal(
      'user,disabled,has,link,link_until\nalice,no,2 tokens;recovery codes,none,\n',
    );
  });

  it('enrolment: has as many users as there are', async function () {
    this.timeout(60_000);
    // More than a call takes as its arguments.
    const most = 130_000;
    const many = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${most})
      INSERT INTO users (id, name, created_at) SELECT 'm' || n, 'm' || n, 0 FROM numbers`;
    await work.inStore((store) => store.run(execute, { sql: many }));
    const lines = async (...format: string[]): Promise<number> =>
      (await work.does(['report', 'enrolment', ...format])).split('\n').length;
    expect([await lines(), await lines('--csv')]).to.deep.equal([most + 3, most + 3]);
    await work.inStore((store) => store.run(execute, { sql: "DELETE FROM users WHERE id LIKE 'm%'" }));
  });

  it('refuses what it does not understand, and makes no store', async () => {
    for (const args of [
      ['--since', 'yesterday'],
      ['--reason', 'bad'],
      ['--limit', '10001'],
      ['--json', '--csv'],
    ])
      expect((await work.radgate(['report', 'logins', ...args])).code, args.join(' ')).to.equal(64);
    const missing = await work.radgate(['report', 'usage', '--data', 'none']);
    expect(missing.code).to.equal(69);
    expect(existsSync(join(work.dir, 'none'))).to.equal(false);
  });

  it('reads times as the host has them, a date to its end, and how long ago', () => {
    expect(readMoment('--since', '24h', 'start', now)).to.equal(now - 24 * 60 * minute);
    expect(readMoment('--since', '2w', 'start', now)).to.equal(now - 14 * 24 * 60 * minute);
    expect(readMoment('--since', '2024-02-29', 'start', now)).to.equal(new Date(2024, 1, 29).getTime());
    expect(readMoment('--until', '2024-02-29', 'end', now)).to.equal(new Date(2024, 2, 1).getTime());
    expect(readMoment('--until', '2024-02-29T12:30:00', 'end', now)).to.equal(new Date(2024, 1, 29, 12, 30).getTime());
    expect(readMoment('--until', '2024-02-29T12:30:00+02:00', 'end', now)).to.equal(Date.UTC(2024, 1, 29, 10, 30));
    for (const typed of ['', '24', '-1h', '2024-02-30', 'now'])
      expect(() => readMoment('--since', typed, 'start', now), typed).to.throw('--since must be a time');
  });

  it('shows times with the offset of their day', () => {
    const zone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Europe/Paris';
      expect(localTime(Date.UTC(2024, 6, 1, 12, 0, 7), true)).to.equal('2024-07-01 14:00:07+02:00');
      expect(localTime(Date.UTC(2024, 0, 1, 12))).to.equal('2024-01-01 13:00+01:00');
      expect(localMonth(Date.UTC(2024, 9, 31, 23))).to.equal('2024-11');
      process.env['TZ'] = 'America/St_Johns';
      expect(localTime(Date.UTC(2024, 0, 1, 12))).to.equal('2024-01-01 08:30-03:30');
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('CSV is quoted where it must be, and no cell is a formula', () => {
    expect(csvLine(['a,b', 'say "x"', 'two\nlines', 5, null, ' x'])).to.equal('"a,b","say ""x""","two\nlines",5,," x"');
    for (const start of ['=', '+', '-', '@', '\t', '\r']) {
      const [[cell = ''] = []] = parse(csvLine([`${start}1`]));
      expect(cell).to.equal(`'${start}1`);
    }
  });

  it('what is shown is what a terminal may have; escapes of before stay', () => {
    expect(shown('a\u001b[31m\u202eb\u2028\\x1b é')).to.equal('a\\x1b[31m\\u{202e}b\\u{2028}\\x1b é');
  });
});
