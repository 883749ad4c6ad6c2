import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exampleConfig } from '../../../src/config/example.ts';
import { profilesDoc } from '../../../src/config/profiles-doc.ts';
import { referenceDoc } from '../../../src/config/reference.ts';
import type { Section } from '../../../src/config/row.ts';
import { schema } from '../../../src/config/schema.ts';
import { Scratch } from './scratch.ts';

const options = Object.values<Section>(schema).flatMap(({ rows, variants }) =>
  [rows, ...Object.values(variants ?? {})].flatMap((some) => Object.entries(some)),
);

describe('config: radius.conf.example and docs/configuration.md', () => {
  const scratch = new Scratch();
  before(() => {
    for (const name of [
      'vpn.secret',
      'vpn-next.secret',
      'nps.secret',
      'probe.password',
      'ldap.password',
      'store.password',
    ])
      scratch.write(name, '0123456789abcdef\n');
  });
  after(() => scratch.remove());

  for (const [file, text] of [
    ['radius.conf.example', exampleConfig()],
    ['docs/configuration.md', referenceDoc()],
    ['docs/profiles.md', profilesDoc()],
  ] as const)
    it(`${file} is what the schema makes: else run node dist/src/config/generate.js`, () => {
      // From dist/test/unit/config/ up to the checkout.
      expect(readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8')).to.equal(text);
    });

  it('loads as it is, without a warning', () => {
    const { config, warnings } = scratch.load(exampleConfig());
    expect(warnings).to.deep.equal([]);
    expect(config.client[0]?.primary).to.equal('nps');
  });

  it('loads with every "#" taken away, and is the same but for what has no default', () => {
    const plain = scratch.load(exampleConfig()).config;
    const { config, warnings } = scratch.load(exampleConfig().replaceAll(/^#(?=[a-z[])/gm, ''));
    expect(warnings.map(({ message }) => message)).to.deep.equal([
      '"alert" in [approval] reaches nobody: no [[provider]] has the channel "email"',
      '[[client]] "vpn" lets a device in on the password alone for 30 min after a second factor (remember)',
    ]);
    const { listen, login, lockout, totp, log } = plain;
    expect(config).to.deep.include({ login, lockout, totp, log });
    expect(config.listen).to.deep.equal({ ...listen, acct: [{ host: '0.0.0.0', port: 1813 }] });
    const { password, ...store } = config.store;
    expect(password?.bytes.length).to.equal(16);
    expect(store).to.deep.equal({ ...plain.store, key_file: '/etc/radgate/radgate.key', waiting: 'store' });
    const [before] = plain.client;
    const [after] = config.client;
    expect(after?.secret_next?.bytes.length).to.equal(16);
    expect(after?.application).to.equal('the VPN');
    expect(after?.append_length).to.equal(6);
    expect(after?.remember).to.equal(1_800_000);
    const shown = { remember: undefined, secret_next: undefined, application: undefined, append_length: undefined };
    expect({ ...after, secret: before?.secret, ...shown }).to.deep.equal({ ...before, ...shown });
    expect(config.primary.map(({ type }) => type)).to.deep.equal(['radius', 'ldap', 'local']);
    expect(config.accounting).to.deep.equal(plain.accounting);
    expect(plain.realm).to.deep.equal([]);
    expect(config.realm).to.deep.equal([{ suffix: 'partner.example', primary: 'nps', client: ['vpn'], strip: false }]);
  });

  it('show every option', () => {
    expect(options).to.have.length.greaterThan(35);
    for (const [key, { doc, type }] of options) {
      expect(exampleConfig()).to.match(new RegExp(`^#{0,2}${key}${type.secret ? '_file' : ''} = `, 'm'));
      expect(exampleConfig().replaceAll('\n# ', ' ')).to.contain(doc);
      expect(referenceDoc()).to.contain(`| \`${key}\` |`);
    }
  });

  it('name documentation addresses only (RFC 5737), apart from loopback and wildcards', () => {
    for (const [address] of exampleConfig().matchAll(/\d+\.\d+\.\d+\.\d+/g))
      expect(address).to.match(/^(192\.0\.2\.\d+|127\.0\.0\.1|0\.0\.0\.0)$/);
  });
});
