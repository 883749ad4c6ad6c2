import { inspect } from 'node:util';
import { expect } from 'chai';
import type { Config } from '../../../src/config/schema.ts';
import { client, primary, rest, Scratch } from './scratch.ts';

describe('config: values', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const load = (toml: string): Config => scratch.load(toml).config;

  it('has every default', () => {
    const { client: clients, primary: primaries, ...config } = load(rest);
    expect(config).to.deep.equal({
      listen: { auth: [{ host: '127.0.0.1', port: 1812 }], workers: 1 },
      store: {
        url: { driver: 'sqlite', path: '/var/lib/radgate/radgate.db' },
        key_file: '/var/lib/radgate/radgate.key',
        waiting: 'memory',
        durability: 'power',
      },
      login: {
        reject_delay: 1_000,
        challenge_timeout: 300_000,
        attempts: 3,
        prompt: 'Enter your code: ',
        prompt_again: 'Wrong code. Enter your code: ',
        prompt_used: 'That code was used already. Enter the next one: ',
        resync_at_prompt: false,
        max_waiting: 100_000,
        max_pending: 10_000,
        duplicate_window: 10_000,
        drain: 10_000,
      },
      lockout: { failures: 10, pause_after: 0, pause: 300_000, repeat_window: 10_000 },
      totp: { window: 1, issuer: 'radgate' },
      hotp: { window: 10 },
      deliver: {
        sms_timeout: 300_000,
        digits: 6,
        language: 'en',
        contacts: ['store', 'directory'],
        per_user: [
          { most: 5, window: 300_000 },
          { most: 30, window: 86_400_000 },
        ],
        per_number: [
          { most: 5, window: 300_000 },
          { most: 30, window: 86_400_000 },
        ],
        per_client: [
          { most: 60, window: 60_000 },
          { most: 3_000, window: 86_400_000 },
        ],
        per_country: [
          { most: 60, window: 60_000 },
          { most: 3_000, window: 86_400_000 },
        ],
        in_all: [
          { most: 120, window: 60_000 },
          { most: 5_000, window: 86_400_000 },
        ],
        concurrency: 8,
        lease: 30_000,
        poll: 5_000,
        keep: 604_800_000,
        lab: false,
      },
      approval: {
        channels: ['notify', 'sms', 'email'],
        approve_key: '1',
        fraud_key: '0',
        push: false,
        push_hosts: [
          'fcm.googleapis.com',
          'updates.push.services.mozilla.com',
          '*.push.apple.com',
          '*.notify.windows.com',
        ],
        limit: 3,
        block: 3_600_000,
        success_window: 10_000,
      },
      web: {},
      control: {},
      metrics: {},
      log: { level: 'info', format: 'auto', secret_age: 63_072_000_000 },
      audit: { first_name: 'masked', last_name: 'masked', email: 'masked', phone: 'masked' },
      accounting: { keep: 90 * 86_400_000 },
      realm: [],
      provider: [],
      siem: [],
      group: [],
      policy: [],
    });
    const [{ secret, ...vpn } = expect.fail('no client')] = clients;
    expect(secret.bytes.toString()).to.equal('0123456789abcdef');
    expect(vpn).to.deep.equal({
      name: 'vpn',
      address: ['192.0.2.10'],
      message_authenticator: 'auto',
      limit_proxy_state: 'auto',
      primary: 'here',
      factor: 'required',
      accounting: 'auto',
      profile: 'generic',
      approval: 'auto',
      passwordless: false,
      challenge: true,
      append: 'off',
      append_delimiter: ',',
      application_passwords: false,
      device_attribute: 'Calling-Station-Id',
      proxy: false,
      trust_device_address: false,
      prompt_format: 'short',
      acl_downloads: false,
      deadline: 10_000,
    });
    expect(primaries).to.deep.equal([{ name: 'here', type: 'local', keep: 'hash' }]);
  });

  it("takes from the profile of a client what its own keys don't say", () => {
    const file = (own: string): string =>
      `[[client]]\nname = "rdg"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\nprofile = "rd-gateway"\n${own}${primary}`;
    const decided = (own: string) => {
      const [{ deadline, proxy, passwordless, device_attribute } = expect.fail('no client')] = load(file(own)).client;
      return { deadline, proxy, passwordless, device_attribute };
    };
    const usual = { deadline: 60_000, proxy: true, passwordless: true, device_attribute: 'MS-Machine-Name' };
    expect(decided('')).to.deep.equal(usual);
    expect(decided('deadline = "90s"\n')).to.deep.equal({ ...usual, deadline: 90_000 });
    expect(decided('passwordless = false\nproxy = false\ndevice_attribute = "none"\n')).to.deep.equal({
      deadline: 60_000,
      proxy: false,
      passwordless: false,
      device_attribute: 'none',
    });
  });

  it('takes from a profile how codes stand beside the password, all of it or nothing', () => {
    const appendOf = (own: string) => {
      const file = `[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\nprofile = "sophos"\n${own}${primary}`;
      const [{ append, append_length } = expect.fail('no client')] = load(file).client;
      return { append, append_length };
    };
    expect(appendOf('')).to.deep.equal({ append: 'code-last', append_length: 6 });
    expect(appendOf('append_length = 8\n')).to.deep.equal({ append: 'code-last', append_length: 8 });
    expect(appendOf('append = "code-last"\n')).to.deep.equal({ append: 'code-last', append_length: undefined });
    expect(appendOf('append = "off"\n')).to.deep.equal({ append: 'off', append_length: undefined });
  });

  it('lets devices fetch ACLs whose profile says so, unless their own key says otherwise', () => {
    const fetches = (own: string): boolean | undefined =>
      load(`[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\n${own}${primary}`).client[0]
        ?.acl_downloads;
    expect(
      ['', 'profile = "anyconnect"\n', 'profile = "anyconnect"\nacl_downloads = false\n'].map(fetches),
    ).to.deep.equal([false, true, false]);
  });

  it('asks no device for a code that its profile says cannot, unless its own key says so', () => {
    const challengeOf = (own: string): boolean | undefined =>
      load(`[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\n${own}${primary}`).client[0]
        ?.challenge;
    expect(challengeOf('')).to.equal(true);
    expect(challengeOf('profile = "sonicwall"\n')).to.equal(true);
    expect(challengeOf('profile = "sophos"\n')).to.equal(false);
    expect(challengeOf('profile = "sophos"\nchallenge = true\n')).to.equal(true);
    expect(challengeOf('challenge = false\n')).to.equal(false);
  });

  it('has the defaults of a radius primary', () => {
    const [nps] = load(
      `${client}[[primary]]\nname = "nps"\ntype = "radius"\nserver = "nps.example"\nsecret = "0123456789abcdef"`,
    ).primary;
    if (nps?.type !== 'radius') return expect.fail('no radius primary');
    const { secret, ...others } = nps;
    expect(secret.bytes.length).to.equal(16);
    expect(others).to.deep.equal({
      name: 'nps',
      type: 'radius',
      server: [{ host: 'nps.example', port: 1812 }],
      accounting_server: [{ host: 'nps.example', port: 1813 }],
      mode: 'fail-over',
      probe: 'status-server',
      probe_interval: 30_000,
      message_authenticator: 'auto',
      timeout: 2_000,
      tries: 2,
      outer_identity: 'unproven',
    });
  });

  for (const [text, milliseconds] of [
    ['0s', 0],
    ['500ms', 500],
    ['5s', 5_000],
  ] as const)
    it(`takes reject_delay = "${text}" as ${milliseconds} ms`, () => {
      expect(load(`[login]\nreject_delay = "${text}"\n${rest}`).login.reject_delay).to.equal(milliseconds);
    });

  it('takes days', () => {
    expect(load(`[accounting]\nkeep = "30d"\n${rest}`).accounting.keep).to.equal(30 * 86_400_000);
  });

  it('accounting listens at port 1813, and is relayed to the ports behind those of the servers', () => {
    const { listen, primary: primaries } = load(
      `[listen]\nacct = "0.0.0.0"\n${client}[[primary]]\nname = "nps"\ntype = "radius"\nserver = ["192.0.2.5:1645", "[2001:db8::5]"]\nsecret = "0123456789abcdef"`,
    );
    expect(listen.acct).to.deep.equal([{ host: '0.0.0.0', port: 1813 }]);
    expect(primaries[0]).to.have.deep.property('accounting_server', [
      { host: '192.0.2.5', port: 1646 },
      { host: '2001:db8::5', port: 1813 },
    ]);
  });

  it('takes a realm in the form in which names are compared', () => {
    const { realm } = load(`${rest}[[realm]]\nsuffix = "Partner.Example"\nprimary = "here"`);
    expect(realm).to.deep.equal([{ suffix: 'partner.example', primary: 'here', strip: false }]);
  });

  it('takes minutes', () => {
    expect(load(`[login]\nchallenge_timeout = "5m"\n${rest}`).login.challenge_timeout).to.equal(300_000);
  });

  for (const text of ['1 s', '1.5s', '-1s', '+1s', '1S', '1', 's', '', '1s ', '0000000001s', '1s\\n'])
    it(`takes no duration ${JSON.stringify(text)}`, () => {
      expect(scratch.errorsOf(`[login]\nreject_delay = "${text}"\n${rest}`)).to.have.length(1);
    });

  for (const [text, host, port] of [
    ['192.0.2.1:1645', '192.0.2.1', 1645],
    ['192.0.2.1', '192.0.2.1', 1812],
    ['0.0.0.0:1812', '0.0.0.0', 1812],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::]:1812', '::', 1812],
    ['[2001:DB8:0::1]', '2001:db8::1', 1812],
    ['[::ffff:192.0.2.1]:1812', '192.0.2.1', 1812],
    ['[fe80::1%wg-vpn.2]:1812', 'fe80::1%wg-vpn.2', 1812],
  ] as const)
    it(`listens on ${text}`, () => {
      expect(load(`[listen]\nauth = "${text}"\n${rest}`).listen.auth).to.deep.equal([{ host, port }]);
    });

  for (const [text, canonical] of [
    ['192.0.2.10', '192.0.2.10'],
    ['192.0.2.10/32', '192.0.2.10'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8::/48', '2001:db8::/48'],
    ['::/0', '::/0'],
    ['::1/128', '::1'],
    ['::ffff:192.0.2.10', '192.0.2.10'],
    ['::ffff:c000:20a', '192.0.2.10'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ] as const)
    it(`reads the client address ${text} as ${canonical}`, () => {
      expect(load(primary + client.replace('192.0.2.10', text)).client[0]?.address).to.deep.equal([canonical]);
    });

  for (const [text, host, port] of [
    ['192.0.2.5:1645', '192.0.2.5', 1645],
    ['[2001:db8::5]:1812', '2001:db8::5', 1812],
    ['NPS-1.corp.example', 'nps-1.corp.example', 1812],
    ['nps.corp.example.:1812', 'nps.corp.example.', 1812],
    ['localhost:11812', 'localhost', 11_812],
  ] as const)
    it(`sends to ${text}`, () => {
      const [nps] = load(
        `${client}[[primary]]\nname = "nps"\ntype = "radius"\nserver = "${text}"\nsecret = "0123456789abcdef"`,
      ).primary;
      expect(nps).to.have.deep.property('server', [{ host, port }]);
    });

  for (const [text, value] of [
    ['true', true],
    ['"true"', true],
    ['false', false],
    ['"false"', false],
    ['"auto"', 'auto'],
  ] as const)
    it(`takes limit_proxy_state = ${text}`, () => {
      expect(load(`${primary}${client}limit_proxy_state = ${text}`).client[0]?.limit_proxy_state).to.equal(value);
    });

  for (const [url, path] of [
    ['sqlite:/srv/radgate.db', '/srv/radgate.db'],
    ['sqlite:///srv/radgate.db', '/srv/radgate.db'],
    ['sqlite:data/radgate.db', `${scratch.dir}/data/radgate.db`],
  ] as const)
    it(`finds the store ${url}, and its key beside it`, () => {
      const { store } = load(`[store]\nurl = "${url}"\n${rest}`);
      expect(store.url).to.deep.equal({ driver: 'sqlite', path });
      expect(store.key_file).to.equal(path.replace('radgate.db', 'radgate.key'));
    });

  for (const [url, expected] of [
    ['postgres://radgate@db.example/radgate', { host: 'db.example', port: 5432, sslmode: 'verify-full' }],
    ['POSTGRESQL://radgate@DB:5433/radgate?sslmode=verify-ca', { host: 'db', port: 5433, sslmode: 'verify-ca' }],
    ['postgres://radgate@[2001:DB8::5]/radgate', { host: '2001:db8::5', port: 5432, sslmode: 'verify-full' }],
    ['postgres://radgate@localhost/radgate', { host: 'localhost', port: 5432, sslmode: 'disable' }],
    ['postgres://radgate@127.0.0.2/radgate', { host: '127.0.0.2', port: 5432, sslmode: 'disable' }],
    ['postgres://radgate@[::1]/radgate?sslmode=require', { host: '::1', port: 5432, sslmode: 'require' }],
    ['postgres://radgate@127.example/radgate', { host: '127.example', port: 5432, sslmode: 'verify-full' }],
    ['postgres://radgate@%2Frun%2Fpg/radgate', { host: '/run/pg', port: 5432, sslmode: 'disable' }],
  ] as const)
    it(`finds the store ${url}, and lets logins wait in it`, () => {
      const { store } = load(`[store]\nurl = "${url}"\nkey_file = "k"\n${rest}`);
      const database = { driver: 'postgres', user: 'radgate', database: 'radgate', sslrootcert: undefined };
      expect(store.url).to.deep.equal({ ...database, ...expected });
      expect(store.waiting).to.equal('store');
    });

  it('takes sslrootcert relative to the config file, and checks the host wherever it is', () => {
    const { url } = load(
      `[store]\nurl = "postgres://a%40b@localhost/x%20y?sslrootcert=ca.pem"\nkey_file = "k"\n${rest}`,
    ).store;
    expect(url).to.deep.include({ user: 'a@b', database: 'x y' });
    expect(url).to.deep.include({ sslmode: 'verify-full', sslrootcert: `${scratch.dir}/ca.pem` });
  });

  it('takes the password of the store from a file', () => {
    scratch.write('db.password', 'hunter2\n');
    const { store } = load(
      `[store]\nurl = "postgres://u@db/x"\npassword_file = "db.password"\nkey_file = "k"\n${rest}`,
    );
    expect(store.password?.bytes.toString()).to.equal('hunter2');
  });

  it('lets logins wait where it is told', () => {
    expect(load(`[store]\nwaiting = "store"\n${rest}`).store.waiting).to.equal('store');
    const postgres = 'url = "postgres://u@db/x"\nkey_file = "k"\n';
    expect(load(`[store]\n${postgres}waiting = "memory"\n${rest}`).store.waiting).to.equal('memory');
  });

  it('takes key_file relative to the config file', () => {
    expect(load(`[store]\nkey_file = "keys/k"\n${rest}`).store.key_file).to.equal(`${scratch.dir}/keys/k`);
  });

  it('takes a prompt of 253 octets', () => {
    const prompt = `${'ä'.repeat(125)}x: `;
    expect(load(`[login]\nprompt = "${prompt}"\n${rest}`).login.prompt).to.equal(prompt);
  });

  it('gives each client its own primary', () => {
    const { client: clients } = load(
      `${client}primary = "there"\n${primary}${primary.replace('here', 'there')}${client.replace('vpn', 'b').replace('.10', '.11')}primary = "here"`,
    );
    expect(clients.map((one) => one.primary)).to.deep.equal(['there', 'here']);
  });

  it('is frozen all the way down', () => {
    const unfrozen: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) unfrozen.push(path);
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
    };
    visit(load(rest), 'config');
    expect(unfrozen).to.deep.equal([]);
  });

  it('prints without its secrets', () => {
    const config = load(rest);
    expect(inspect(config, { depth: null, showHidden: true }) + JSON.stringify(config)).not.to.contain(
      '0123456789abcdef',
    );
  });
});
