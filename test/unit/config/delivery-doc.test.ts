import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { buildProvider } from '../../../src/deliver/build-provider.ts';
import { english } from '../../../src/deliver/texts-en.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { rest, Scratch } from './scratch.ts';

const doc = readFileSync(new URL('../../../../docs/delivery.md', import.meta.url), 'utf8');
const configs = Array.from(doc.matchAll(/```toml\n([\s\S]*?)```/g), ([, toml = '']) => toml);

describe('config: docs/delivery.md', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('has enough of them', () => {
    expect(configs).to.have.length.greaterThan(6);
    expect(doc.match(/^Not tried against/gm)).to.have.length(5);
  });

  it('names all texts that a file of a further language needs', () => {
    const [, table = ''] = doc.split('| section | keys | places |');
    const keys = Object.entries(english).flatMap(([section, texts]) => [`[${section}]`, ...Object.keys(texts)]);
    expect(keys.filter((key) => !table.includes(`\`${key}\``))).to.deep.equal([]);
  });

  for (const toml of configs)
    it(`the config of ${/name = (.*)/.exec(toml)?.[1]} loads, and makes a provider`, () => {
      for (const [, file = ''] of toml.matchAll(/_file = "(.*)"/g)) scratch.write(file, '0123456789abcdef\n');
      const { config } = scratch.load(`${rest}\n${toml}`);
      const [provider = expect.fail('no provider')] = config.provider;
      expect(
        buildProvider(provider, {
          clock: new FakeClock(),
          onReceipt: () => Promise.resolve(),
          onText: () => Promise.resolve(null),
          onTrouble: () => undefined,
          pagesAt: undefined,
        }).name,
      ).to.equal(provider.name);
    });
});

describe('config: [[provider]]', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const http = 'name = "p"\ntype = "http"\nchannel = "sms"\nurl = "https://x.example/"\n';

  for (const [what, toml, said] of [
    ['a directory without a lab', 'name = "p"\ntype = "file"\ndirectory = "d"', /labs alone/],
    ['two bodies', `${http}form = "a={to}"\njson = '{"a":"{to}"}'`, /both "form" and "json"/],
    ['an unknown place', `${http}form = "a={tp}"`, /unknown place \{tp\}/],
    ['a body of a GET', `${http}method = "GET"\nform = "a={to}"`, /must be "POST" or "PUT"/],
    [
      'a place in the host',
      'name = "p"\ntype = "http"\nchannel = "sms"\nurl = "https://{to}.example/"',
      /must be a URL/,
    ],
    [
      'a mail by SMPP',
      'name = "p"\ntype = "smpp"\nchannel = "email"\nserver = "h:1"\nsystem_id = "s"\npassword = "p"',
      /must be "sms"/,
    ],
    [
      'a server without a port',
      'name = "p"\ntype = "smtp"\nserver = "mail.example"\nfrom = "a@b"',
      /must be "host:port"/,
    ],
    [
      'a user without a password',
      'name = "p"\ntype = "smtp"\nserver = "m:25"\nfrom = "a@b"\nusername = "u"',
      /both, or neither/,
    ],
    ['a topic for all users', 'name = "p"\ntype = "ntfy"\nurl = "https://n.example"\ntopic = "all"', /place \{user\}/],
    ['ntfy in clear', 'name = "p"\ntype = "ntfy"\nurl = "http://n.example"\ntopic = "{user}"', /address of https/],
    [
      'a text by ntfy',
      'name = "p"\ntype = "ntfy"\nchannel = "sms"\nurl = "https://n.example"\ntopic = "{user}"',
      /must be "notify"/,
    ],
    [
      'a webhook in clear',
      'name = "p"\ntype = "webhook"\nurl = "http://n.example/"\nsecret = "0123456789abcdef"',
      /address of https/,
    ],
    ['a webhook that signs nothing', 'name = "p"\ntype = "webhook"\nurl = "https://n.example/"', /lacks "secret"/],
    [
      'two lines of a header',
      'name = "p"\ntype = "webhook"\nurl = "https://n.example/"\nsecret = "0123456789abcdef"\nheader = "A: b\\nC: d"',
      /must be a header/,
    ],
    ['two of one name', `${http}[[provider]]\n${http}`, /two \[\[provider\]\] have the name/],
  ] as const)
    it(`refuses ${what}`, () => {
      expect(() => scratch.load(`${rest}\n[[provider]]\n${toml}`)).to.throw(said);
    });

  it('lets a webhook be in clear on this host', () => {
    const toml = 'name = "p"\ntype = "webhook"\nurl = "http://127.0.0.1:8080/x"\nsecret = "0123456789abcdef"';
    const [provider] = scratch.load(`${rest}\n[[provider]]\n${toml}`).config.provider;
    expect(provider).to.include({ type: 'webhook', url: 'http://127.0.0.1:8080/x' });
  });

  it('warns of every country, of plain text on the way, and of a long timeout', () => {
    const toml = http.replace('https', 'http');
    const { warnings } = scratch.load(`${rest}\n[[provider]]\n${toml}timeout = "20s"`);
    const said = warnings.map(({ message }) => message).join('\n');
    expect(said)
      .to.match(/every country/)
      .and.match(/without TLS/)
      .and.match(/over half of "lease"/);
  });
});
