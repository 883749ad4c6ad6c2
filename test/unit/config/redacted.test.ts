import { expect } from 'chai';
import { redactedConfig } from '../../../src/config/redacted.ts';
import { secretKeys } from '../../../src/config/read-secret.ts';
import type { Row, Section } from '../../../src/config/row.ts';
import { schema } from '../../../src/config/schema.ts';
import { Scratch } from './scratch.ts';

describe('config/redacted', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const shown = (toml: string, person = (name: string): string => name): string =>
    JSON.stringify(redactedConfig(scratch.write('radius.conf', toml), person));

  describe('leaves out a password wherever it was written by mistake:', () => {
    const password = 'p9/w9 #s?3@c4';
    const mistakes = [
      `[store]\nurl = "postgres://radgate:${password}@db/radgate"`,
      `[store]\nurl = "POSTGRES://radgate:${password}@db/radgate?sslmode=require"`,
      `[store]\nurl = "postgres:radgate:${password}@db/radgate"`,
      `[store]\nurl = "host=db user=radgate password=${password}"`,
      `[web]\nurl = "https://mfa.corp.example/?token=${password}"`,
      `[[primary]]\nserver = ["10.0.0.5", "ldaps://radgate:${password}@dc1.corp.example"]`,
      `[[provider]]\nserver = "radgate:${password}@mail.example:587"`,
      `[[provider]]\nurl = "https://radgate:${password}@sms.example/send"`,
      `[[provider]]\nurl = "https://radgate:p9w9@sms.example/send"`,
      `[[provider]]\nurl = "radgate:${password}@sms.example/send"`,
      `[[provider]]\nheader = "Authorization Bearer ${password}"`,
      `[[provider]]\nheader = ["X-Key: ${password}"]`,
      `[[policy]]\nreply = "Tunnel-Password:${password}"`,
      `[[policy]]\nreply = "Tunnel-Password = ${password}"`,
      `[[policy]]\nreply_by_group = ["VPN users -> Tunnel-Password=${password} -> x=y"]`,
      `[[policy]]\nreply_by_group = "VPN users: Tunnel-Password ${password}"`,
      `[[policy]]\ntext = "see https://radgate:${password}@mfa.corp.example"`,
      `[[client]]\nsecert = "${password}"`,
      `[clients]\nsecret = "${password}"`,
      `[[client]]\nsecret_file = "${password}"`,
    ];
    for (const toml of mistakes)
      it(toml.replace('\n', ' '), () => {
        expect(shown(toml)).to.not.match(/p9|w9|s\?3|c4/);
      });
  });

  it('shows what helps: hosts, names of headers and attributes, addresses without credentials', () => {
    expect(
      JSON.parse(
        shown(`
[store]
url = "postgres://radgate:p/w9@db:5432/radgate"
[web]
url = "https://mfa.corp.example"
[deliver]
allow = ["+41"]
deny = ["+4190", "+4179123456"]
[[primary]]
server = ["ldaps://dc1.corp.example", "[2001:db8::5]:1812"]
user_filter = "(objectClass=person)"
[[provider]]
url = "https://hooks.example"
header = ["X-Tenant: vpn"]
[[provider]]
url = "https://hooks.example/T000/B111"
[[policy]]
reply_by_group = ["VPN users -> Filter-Id=staff"]
`),
      ),
    ).to.deep.equal({
      store: { url: 'postgres://[left out]@db:5432/radgate' },
      web: { url: 'https://mfa.corp.example' },
      deliver: { allow: ['+41'], deny: ['+4190', '[left out]'] },
      primary: [{ server: ['ldaps://dc1.corp.example', '[2001:db8::5]:1812'], user_filter: '(objectClass=person)' }],
      provider: [
        { url: 'https://hooks.example', header: ['X-Tenant: [left out]'] },
        { url: 'https://hooks.example/[left out]' },
      ],
      policy: [{ reply_by_group: ['VPN users -> Filter-Id=[left out]'] }],
    });
  });

  it('is nothing of a file that is no TOML', () => {
    expect(redactedConfig(scratch.write('radius.conf', '[store'), (name) => name)).to.equal(undefined);
  });

  describe('without names', () => {
    const words = ['alice', 'alice@corp.example', '+41791234567', 'uid=alice', '(uid=alice)', 'uid=alice,ou={user}'];
    const other = ['alice-{user}', `AC${'alice'.repeat(7).slice(3)}`, 'staff -> Filter-Id=alice', 'Filter-Id=alice'];
    const urls = ['https://alice.example', 'sqlite:/home/alice/db', 'postgres://alice@db/alice', 'ldaps://alice'];
    const samples = [...words, ...other, ...urls, '{"to":"alice"}', 'to=alice', 'X-Tenant: alice', '/home/alice/x'];

    /** Keys whose text names no person: things of this config, hosts, domains, groups, texts for users, files. */
    const known = {
      store: 'url key_file',
      login: 'prompt prompt_again prompt_used',
      totp: 'issuer',
      deliver: 'texts',
      approval: 'push_hosts',
      web: 'url certificate certificate_key',
      control: 'socket',
      audit: 'node',
      client: 'name primary application',
      primary:
        'name server accounting_server ca_file base_dn group_base_dn dn_template upn_suffix require_group user_attributes name_attributes phone_attributes mail_attributes',
      realm: 'suffix primary client',
      provider: 'name url ca_file directory voice system_type success_path success_value id_path error_path',
      siem: 'name server ca_file',
      group: 'name',
      policy: 'name client primary group not_group text',
    } as const satisfies Partial<Record<keyof typeof schema, string>>;
    const harmless = new Set(
      Object.entries(known).flatMap(([section, keys]) => keys.split(' ').map((key) => `${section}.${key}`)),
    );

    /** The options that take a sample, as a file that gives it to each of them. */
    const fileOf = (sample: string): string =>
      Object.entries<Section>(schema)
        .map(([name, { many, rows, variants = {} }]) => {
          const all = [rows, ...Object.values(variants)].flatMap((some) => Object.entries<Row>(some));
          const taking = all.filter(([, { type }]) => type.schema.safeParse(sample).success);
          const keys = new Set(taking.flatMap(([key, { type }]) => (type.secret ? secretKeys(key) : [key])));
          return [many ? `[[${name}]]` : `[${name}]`, ...[...keys].map((key) => `${key} = '${sample}'`)].join('\n');
        })
        .join('\n');

    it('no option that takes text shows a name, unless it is known to hold none', () => {
      const told = new Set<string>();
      for (const sample of samples) {
        const file = scratch.write('radius.conf', fileOf(sample));
        const sections = Object.entries(redactedConfig(file, () => 'user-1') ?? {});
        expect(sections).to.have.length(Object.keys(schema).length);
        for (const [name, tables] of sections)
          for (const [key, value] of [tables].flat().flatMap((table) => Object.entries(table as object)))
            if (/alice|1234567/i.test(JSON.stringify(value))) told.add(`${name}.${key}`);
      }
      expect([...told].filter((option) => !harmless.has(option))).to.deep.equal([]);
      expect([...harmless].filter((option) => !told.has(option))).to.deep.equal([]);
    });
  });
});
