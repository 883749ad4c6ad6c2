import { writeFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { fromBase32 } from '../../src/base32.ts';
import { spellingsOfSecret } from '../support/spellings-of-secret.ts';
import { accessRequest, parsePacket, Type, valuesOfType } from './packet-bytes.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { totp, wrongCode } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const clientSecret = 'canary-client-secret-91ab';
const nextSecret = 'canary-next-secret-7720';
const upstreamSecret = 'canary-upstream-secret-03';
const bindPassword = 'canary-bind-password-5f';
const gatewayToken = 'canary-gateway-token-aa';
const hookPath = 'T000CANARY/B111CANARY';
const inlineKey = 'canary-inline-api-key-88';
const tunnel = 'canary-tunnel-password-4';
const postgres = 'canary-postgres-pw-19';
const password = 'canary-password-60c2';
const mistyped = 'canary-password-as-name';
const phone = '+41791234567';
const email = 'alice.canary@corp.example';
const oathKey = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXQ';

const config = (dir: string): string => {
  writeFileSync(join(dir, 'bind.secret'), bindPassword, { mode: 0o600 });
  return `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
[audit]
phone = "full"
email = "full"
[login]
reject_delay = "0s"
[[client]]
name = "vpn"
address = "127.0.0.1"
secret = "${clientSecret}"
secret_next = "${nextSecret}"
primary = "here"
application_passwords = true
[[primary]]
name = "here"
type = "local"
[[primary]]
name = "home"
type = "radius"
server = "127.0.0.1:9"
secret = "${upstreamSecret}"
[[primary]]
name = "ad"
type = "ldap"
directory = "ad"
server = "ldaps://127.0.0.1:9"
base_dn = "DC=corp,DC=example"
bind_dn = "CN=radgate,DC=corp,DC=example"
bind_password_file = "${dir}/bind.secret"
[[provider]]
name = "gateway"
type = "http"
channel = ["sms"]
url = "https://127.0.0.1:9/${hookPath}?key=${inlineKey}"
header = ["Authorization: Bearer {token}", "X-Key: ${inlineKey}"]
json = '{"to":"{to}","text":"{text}","key":"${inlineKey}"}'
token = "${gatewayToken}"
[[policy]]
name = "admins"
decision = "require"
user = ["alice"]
reply = ["Cisco-AVPair=${tunnel}"]
`;
};

describe('radgate support-bundle', function () {
  this.timeout(60_000);
  let radgate: Radgate;
  const states: Buffer[] = [];
  const codes: string[] = [];
  let appPassword = '';
  before(async () => {
    radgate = await startRadgate({
      config,
      prepare: async (cli) => {
        await succeed(
          cli(['user', 'add', 'alice', '--password-stdin', '--email', email, '--phone', phone], `${password}\n`),
        );
        await succeed(cli(['user', 'set', 'alice', '--phone', '+41791234568']));
        await succeed(cli(['token', 'add', 'alice', '--type', 'totp', '--secret-stdin'], `${oathKey}\n`));
        appPassword = (await succeed(cli(['user', 'app-password', 'add', 'alice', 'mail']))).stdout.trim();
      },
    });
    const client = await UdpClient.open('127.0.0.1');
    const [target] = radgate.listening;
    if (!target) throw new Error('it listens nowhere');
    let identifier = 0;
    const ask = async (user: string, typed: string, state?: Buffer): Promise<Buffer | undefined> => {
      const request = accessRequest({ identifier: identifier++, secret: clientSecret, user, password: typed, state });
      const [next] = valuesOfType(parsePacket(await client.exchange(request, target)), Type.state);
      if (next) states.push(next);
      return next;
    };
    codes.push(wrongCode(oathKey), totp(oathKey));
    const second = await ask('alice', password, undefined);
    const third = await ask('alice', codes[0] ?? '', second);
    await ask('alice', codes[1] ?? '', third);
    await ask(mistyped, password);
    await client.close();
  });
  after(() => radgate.stop());

  const bundle = async (file: string): Promise<{ text: string; parts: Record<string, unknown> }> => {
    const text = await readFile(join(radgate.dir, file), 'utf8');
    return { text, parts: JSON.parse(text) as Record<string, unknown> };
  };
  const isClean = (text: string): void => {
    const secrets = [clientSecret, nextSecret, upstreamSecret, bindPassword, gatewayToken, hookPath, inlineKey, tunnel];
    const others = [
      password,
      mistyped,
      phone,
      '+41791234568',
      email,
      oathKey,
      fromBase32(oathKey) ?? '',
      appPassword,
      ...states,
    ];
    for (const secret of [...secrets, ...others])
      for (const spelling of spellingsOfSecret(secret))
        expect(text.includes(spelling), `a secret of ${secret.length} octets`).to.equal(false);
    for (const code of codes) expect(text).to.not.match(new RegExp(`\\b${code}\\b`));
    expect(text).to.not.contain('$scrypt$');
  };

  it('holds versions, config, check, health, store and the last rows, for its owner alone, and no secret', async () => {
    const { stdout } = await succeed(radgate.cli(['support-bundle', '--output', 'one.json']));
    expect(stdout).to.match(/In it: [^]*Not in it: [^]*--without-names/);
    expect((await stat(join(radgate.dir, 'one.json'))).mode & 0o777).to.equal(0o600);
    const { text, parts } = await bundle('one.json');
    isClean(text);
    isClean(stdout);
    expect(text).to.not.contain((await readFile(join(radgate.dir, 'radgate.key'), 'utf8')).trim());
    expect(Object.keys(parts)).to.deep.equal([
      'format',
      'made',
      'names',
      'host',
      'check',
      'config',
      'health',
      'store',
      'audit',
    ]);
    expect(parts['health']).to.have.length(1);
    expect((parts['health'] as { live: boolean }[])[0]?.live).to.equal(true);
    expect(parts['store']).to.nested.include({ driver: 'sqlite', 'rows.users': 1, 'rows.tokens': 1 });
    const shown = parts['config'] as Record<string, Record<string, unknown>[]>;
    expect(shown['client']?.[0]).to.include({ name: 'vpn', secret: '[secret]', secret_next: '[secret]' });
    expect(shown['primary']?.[2]).to.include({
      bind_password_file: '[secret]',
      bind_dn: 'CN=radgate,DC=corp,DC=example',
    });
    expect(shown['provider']?.[0]).to.deep.include({
      url: 'https://127.0.0.1:9/[left out]',
      header: ['Authorization: [left out]', 'X-Key: [left out]'],
      json: '[left out]',
      token: '[secret]',
    });
    expect(shown['policy']?.[0]).to.deep.include({ user: ['alice'], reply: ['Cisco-AVPair=[left out]'] });
    const rows = parts['audit'] as Record<string, unknown>[];
    expect(rows.map(({ reason }) => reason)).to.include.members([
      'accepted',
      'code-wrong',
      'user-set',
      'password-wrong',
    ]);
    expect(rows.find(({ reason }) => reason === 'user-set')?.['changed']).to.deep.equal(['phone']);
    expect(rows.find(({ reason }) => reason === 'password-wrong')?.['typed']).to.equal('[unknown, 23 characters]');
  });

  it('--without-names tells users and administrators apart, and does not name them', async () => {
    await succeed(radgate.cli(['support-bundle', '--output', 'two.json', '--without-names']));
    const { text, parts } = await bundle('two.json');
    isClean(text);
    expect(text).to.not.match(/alice/i);
    const rows = parts['audit'] as Record<string, unknown>[];
    const accepted = rows.find(({ reason }) => reason === 'accepted');
    expect(accepted?.['typed']).to.match(/^user-\d+$/);
    const { policy } = parts['config'] as { policy: { user: string[] }[] };
    expect(policy[0]?.user).to.deep.equal([accepted?.['typed']]);
  });

  it('overwrites nothing', async () => {
    await writeFile(join(radgate.dir, 'there.json'), 'of value');
    const { code, stderr } = await radgate.cli(['support-bundle', '--output', 'there.json']);
    expect([code, stderr.includes('is there already')]).to.deep.equal([64, true]);
    expect(await readFile(join(radgate.dir, 'there.json'), 'utf8')).to.equal('of value');
  });

  it('is made where the config is broken too, and tells nothing of a secret that stands in the wrong place', async () => {
    const file = join(radgate.dir, 'radius.conf');
    const good = await readFile(file, 'utf8');
    const bad = good
      .replace('secret_next = ', 'secert = ')
      .replace(`url = "sqlite:${radgate.dir}/radgate.db"`, `url = "postgres://radgate:${postgres}@127.0.0.1/radgate"`)
      .replace(/bind_password_file = .*/, `bind_password_env = "${bindPassword}"`);
    await writeFile(file, bad);
    try {
      const { stdout } = await succeed(radgate.cli(['support-bundle', '--output', 'three.json']));
      expect(stdout).to.contain('Missing: not asked: the config has mistakes.');
      const { text, parts } = await bundle('three.json');
      isClean(text);
      expect(text).to.not.contain(postgres);
      expect((parts['check'] as { problems: { message: string }[] }).problems[0]?.message).to.be.a('string');
      expect(text).to.contain('"[unknown keys]": 1');
    } finally {
      await writeFile(file, good);
    }
  });

  it('says what it could not get of a service that does not run', async () => {
    await radgate.kill();
    const { stdout } = await succeed(radgate.cli(['support-bundle', '--output', 'four.json']));
    expect(stdout).to.contain('Missing: not to be had: no service answers at');
    const { parts } = await bundle('four.json');
    expect(parts['audit']).to.be.an('array');
    radgate = await radgate.restart();
  });
});
