import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { shareOf } from '../../src/policy/share.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { Code, Type, valuesOfType } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { succeed, type Radgate } from './radgate.ts';
import { startRecipe, type Recipe } from './recipe.ts';
import { askOnce, clientSecret, enrol, upstreamSecret } from './scene.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

const password = 'wonderland';
const count = 5_000;
const staff = Array.from({ length: count }, (_, i) => `user${String(i).padStart(4, '0')}`);
/** Those whom FreeRADIUS knows: the first is an administrator, the second has a token. */
const known = staff.slice(0, 100);
const [boss = '', enrolled = ''] = staff;
const reminder = 'From 15 February you need a second factor: https://mfa.corp.example';
const now = 'You need a second factor now: https://mfa.corp.example';
const help = 'Administrators need a second factor. Please contact the help desk.';

interface Explained {
  readonly user_id: string;
  readonly rule: string;
  readonly result: string;
}

peer('freeradius')('recipe: a roll-out to 5,000 users', function () {
  this.timeout(120_000);
  let home: FreeRadius;
  let started: Recipe;
  /** It is started anew as the days come. */
  let radgate: Radgate;
  let files: string;
  let identifier = 0;
  /** One of the first fifth and one of the others, both without a token. */
  let early = '';
  let late = '';
  before(async function () {
    this.timeout(240_000);
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: Object.fromEntries(known.map((name) => [name, { password }])),
    });
    files = await makeTempDir('recipe');
    const csv = join(files, 'staff.csv');
    const rows = staff.map((name) => `${name},${name === boss ? 'Admins;Staff' : 'Staff'}`);
    await writeFile(csv, `name,groups\n${rows.join('\n')}\n`);
    started = await startRecipe({
      page: 'staged-rollout',
      secrets: { '/etc/radgate/vpn.secret': clientSecret, '/etc/radgate/nps.secret': upstreamSecret },
      replaced: {
        '192.0.2.10': '127.0.0.1',
        '192.0.2.5:1812': home.server,
        '2027-01-15': '2099-01-15',
        '2027-02-15': '2099-02-15',
      },
      prepare: async (cli) => {
        await succeed(cli(['user', 'import', csv, '--apply']));
        await enrol(cli, enrolled);
      },
    });
    ({ radgate } = started);
    for (const name of known.slice(2)) {
      if (early !== '' && late !== '') break;
      const { user_id: id } = await explained(name, '2099-01-16');
      if (shareOf(id) < 20) early = early || name;
      else late = late || name;
    }
  });
  after(async () => {
    await radgate?.stop();
    await started?.stop();
    await home?.stop();
    await removeTempDir(files);
  });

  const explained = async (user: string, at: string): Promise<Explained> => {
    const told = await succeed(radgate.cli(['explain', '--user', user, '--client', 'vpn', '--at', at, '--json']));
    return JSON.parse(told.stdout) as Explained;
  };
  const login = async (user: string): Promise<[code: number, text: string]> => {
    const [to = expect.fail('it listens nowhere')] = radgate.listening;
    const reply = await askOnce(to, { identifier: identifier++, user, password }, '127.0.0.1', 10_000);
    return [reply.code, valuesOfType(reply, Type.replyMessage).join('')];
  };
  const all = async (): Promise<unknown> => ({
    boss: await login(boss),
    enrolled: (await login(enrolled))[0],
    early: await login(early),
    late: await login(late),
  });
  /** The day has come: the same store, and a rule whose day is past. */
  const pass = async (day: string): Promise<void> => {
    await radgate.kill();
    const file = join(radgate.dir, 'radius.conf');
    const config = await readFile(file, 'utf8');
    expect(config).to.contain(day);
    await writeFile(file, config.replaceAll(day, day.replace('2099', '2020')));
    radgate = await radgate.restart();
  };

  it('explain tells beforehand who is asked on which day', async () => {
    expect(await explained(early, '2099-01-14')).to.include({ rule: 'everyone', result: 'accept' });
    expect(await explained(early, '2099-01-16')).to.include({ rule: 'first fifth', result: 'reject' });
    expect(await explained(late, '2099-01-16')).to.include({ rule: 'everyone', result: 'accept' });
    expect(await explained(late, '2099-02-16')).to.include({ rule: 'everyone', result: 'reject' });
    expect(await explained(enrolled, '2099-01-14')).to.include({ result: 'challenge' });
  });

  const asked = Code.accessChallenge;
  it('logins before the first day, after it, and after the deadline', async () => {
    const refused = [Code.accessReject, help];
    const reminded = [Code.accessAccept, reminder];
    expect(await all()).to.deep.equal({ boss: refused, enrolled: asked, early: reminded, late: reminded });
    await pass('2099-01-15');
    const told = [Code.accessReject, now];
    expect(await all()).to.deep.equal({ boss: refused, enrolled: asked, early: told, late: reminded });
    await pass('2099-02-15');
    const late = [Code.accessReject, reminder];
    expect(await all()).to.deep.equal({ boss: refused, enrolled: asked, early: told, late });
  });
});
