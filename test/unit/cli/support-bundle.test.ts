import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { writeAudit } from '../../../src/audit/audit.ts';
import { ChainInHand } from '../../../src/audit/chain-in-hand.ts';
import { usualAudit } from '../../../src/audit/settings.ts';
import { openSqlite } from '../../../src/store/sqlite-driver.ts';
import { collect } from '../../../src/cli/support/collect.ts';
import { client, primary, Scratch } from '../config/scratch.ts';

describe('cli/support: secrets that stand where nobody looks for one', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const bundle = async (toml: string): Promise<string> =>
    JSON.stringify(await collect({ config: scratch.write('radius.conf', toml) }, true));

  it('are replaced of each key of the store, while there are two', async () => {
    const keys = ['a1'.repeat(32), 'B2'.repeat(32)];
    scratch.write('radgate.key', keys.map((key) => `${key}\n`).join(''));
    const named = keys.map((key, i) => `[[realm]]\nsuffix = "${i}.example"\nprimary = "here"\nclient = ["${key}"]\n`);
    const clients = keys.map(
      (key, i) => `[[client]]\nname = "${key}"\naddress = "192.0.2.${i}"\nsecret = "0123456789abcde${i}"\n`,
    );
    const text = await bundle(`[store]\nurl = "sqlite:radgate.db"\n${clients.join('')}${primary}${named.join('')}`);
    expect(text).to.contain('"ok":true');
    for (const key of keys) expect(text.toLowerCase()).to.not.contain(key.toLowerCase());
  });

  it('are replaced where the config has mistakes too, those in files as well', async () => {
    scratch.write('ldap.password', 'canary-of-a-file\n');
    const text = await bundle(`
[login]
prompt = "canary-inline-secret: "
[[client]]
name = "vpn"
secret = "canary-inline-secret"
address = "mistaken"
[[primary]]
name = "canary-inline-secret"
type = "ldap"
base_dn = "OU=canary-of-a-file"
bind_password_file = "ldap.password"
`);
    expect(text).to.contain('"ok":false').and.to.contain('[[primary]] \\"[secret]\\" lacks');
    expect(text).to.not.contain('canary');
  });

  it('stand in no error that nobody has foreseen: it costs its own part, and says where it was', async () => {
    const file = scratch.write('broken.db', '');
    const { driver, seal } = await openSqlite({
      file,
      keyFile: join(dirname(file), 'broken.key'),
      durability: 'process',
    });
    const row = {
      at: 1,
      loginId: 'l',
      userId: null,
      userName: '-',
      client: 'token-add',
      clientAddress: '-',
      callingStationId: null,
    };
    const change = { primary: '-', method: null, result: 'change', reason: 'token-add', latency: 0 } as const;
    const context = { sql: driver, seal, audit: usualAudit(), chain: new ChainInHand() };
    await writeAudit(context, { ...row, ...change, changedTo: 'canary, which is no JSON' });
    driver.close();
    const text = await bundle(`[store]\nurl = "sqlite:broken.db"\nkey_file = "broken.key"\n${client}${primary}`);
    expect(text).to.contain('"audit":"not to be had, by a mistake of radgate\'s: SyntaxError at JSON.parse');
    expect(text).to.contain('"driver":"sqlite"').and.not.to.contain('canary');
  });

  it('are not looked for if they are so short that they stand there by chance', async () => {
    expect(
      await bundle(`[store]\nurl = "sqlite:radgate.db"\n${client.replace('0123456789abcdef', 'vpn')}${primary}`),
    ).to.contain('"name":"vpn"');
  });
});
