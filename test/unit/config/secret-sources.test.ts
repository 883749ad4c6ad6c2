import { inspect } from 'node:util';
import { expect } from 'chai';
import { loadConfig } from '../../../src/config/load.ts';
import { client, primary, Scratch } from './scratch.ts';

describe('config: where secrets come from', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const withSecret = (lines: string): string => primary + client.replace('secret = "0123456789abcdef"', lines);
  const secretOf = (lines: string, env: Record<string, string> = {}): string | undefined =>
    scratch.load(withSecret(lines), env).config.client[0]?.secret.bytes.toString('latin1');

  for (const [title, content, secret] of [
    ['without the newline at its end', '0123456789abcdef\n', '0123456789abcdef'],
    ['without the newline of Windows', '0123456789abcdef\r\n', '0123456789abcdef'],
    ['with all newlines but the last', '\n0123456789abcdef\n\n', '\n0123456789abcdef\n'],
    ['with its spaces', ' 0123456789abcdef ', ' 0123456789abcdef '],
    ['with octets that are no text', Buffer.from('0123456789abcde\xff', 'latin1'), '0123456789abcde\xff'],
  ] as const)
    it(`from a file, ${title}`, () => {
      const file = scratch.write('s', content);
      expect(secretOf('secret_file = "s"')).to.equal(secret);
      expect(secretOf(`secret_file = "${file}"`)).to.equal(secret);
    });

  it('from an environment variable, newlines and all', () => {
    expect(secretOf('secret_env = "VPN"', { VPN: '0123456789abcdef\n' })).to.equal('0123456789abcdef\n');
  });

  it('from a systemd credential, whoever may read it', () => {
    scratch.write('vpn', '0123456789abcdef\n', 0o444);
    const env = { CREDENTIALS_DIRECTORY: scratch.dir };
    expect(secretOf('secret_credential = "vpn"', env)).to.equal('0123456789abcdef');
    expect(scratch.warningsOf(withSecret('secret_credential = "vpn"'), env)).to.deep.equal([]);
  });

  it('an optional one, and none', () => {
    const both = scratch.load(withSecret('secret_env = "A"\nsecret_next_env = "B"'), {
      A: '0123456789abcdef',
      B: 'fedcba9876543210',
    }).config.client[0];
    expect(both?.secret_next?.bytes.toString()).to.equal('fedcba9876543210');
    expect(scratch.load(primary + client).config.client[0]).not.to.have.property('secret_next');
  });

  const missing = `"secret_file" in [[client]] "vpn" cannot be read: there is no such file; a relative path starts at ${scratch.dir}`;
  for (const [title, lines, problems, env] of [
    ['empty', 'secret = ""', ['7: "secret" in [[client]] "vpn" must not be empty']],
    ['no text', 'secret = 1234', ['7: "secret" in [[client]] "vpn" must be text in quotes']],
    ['a table', 'secret = { file = "x" }', ['7: "secret" in [[client]] "vpn" must be text in quotes']],
    [
      'given twice',
      'secret_file = "s"\n\nsecret = "0123456789abcdef"',
      ['7: "secret" and "secret_file" are both in [[client]] "vpn"; keep one of them'],
    ],
    ['in a file that is not there', '\nsecret_file = "none"', [`8: ${missing}`]],
    ['in a file of a directory that is not there', 'secret_file = "radius.conf/none"', [`7: ${missing}`]],
    [
      'in a directory',
      'secret_file = "."',
      [
        `7: "secret_file" in [[client]] "vpn" cannot be read: it is a directory; a relative path starts at ${scratch.dir}`,
      ],
    ],
    ['in an empty file', 'secret_file = "empty"', ['7: "secret_file" in [[client]] "vpn" names an empty file']],
    [
      'in a file of one newline',
      'secret_file = "newline"',
      ['7: "secret_file" in [[client]] "vpn" names an empty file'],
    ],
    [
      'in a file without end',
      'secret_file = "/dev/zero"',
      ['7: "secret_file" in [[client]] "vpn" names a file of more than 65536 octets, which is no secret'],
    ],
    ['an empty path', 'secret_file = ""', ['7: "secret_file" in [[client]] "vpn" must not be empty']],
    [
      'in a variable that is not set',
      'secret_env = "toString"',
      ['7: "secret_env" in [[client]] "vpn" names an environment variable that is not set'],
    ],
    [
      'in a variable that is empty',
      'secret_env = "E"',
      ['7: "secret_env" in [[client]] "vpn" names an environment variable that is empty'],
      { E: '' },
    ],
    [
      'a credential without systemd',
      'secret_credential = "vpn"',
      [
        '7: "secret_credential" in [[client]] "vpn" needs systemd to pass the credential: $CREDENTIALS_DIRECTORY is not set',
      ],
    ],
    [
      'a credential that was not passed',
      'secret_credential = "none"',
      [
        '7: "secret_credential" in [[client]] "vpn" cannot be read: there is no such file; name it with LoadCredential= in the unit',
      ],
      { CREDENTIALS_DIRECTORY: scratch.dir },
    ],
    [
      'a credential that is a path',
      'secret_credential = "../vpn"',
      ['7: "secret_credential" in [[client]] "vpn" must be the name of a credential, not a path'],
      { CREDENTIALS_DIRECTORY: scratch.dir },
    ],
  ] satisfies (readonly [string, string, readonly string[], Record<string, string>?])[])
    it(`refuses one that is ${title}`, () => {
      scratch.write('empty', '');
      scratch.write('newline', '\n');
      expect(scratch.errorsOf(withSecret(lines), env)).to.deep.equal(problems);
    });

  describe('are in no message', () => {
    // Shaped like an address, a name and a path at once, so that no check of shapes lets it through.
    const token = 'deadbeef5ec2e7';
    const nps = '[[primary]]\nname = "nps"\ntype = "radius"\n';
    for (const toml of [
      withSecret(`secret = "${token}`),
      withSecret(`secret = '${token}"`),
      withSecret(`secret = ${token}`),
      withSecret(`secret = "${token}" x`),
      withSecret(`secret = "${token}"\nsecret = "${token}"`),
      withSecret(`secret = "\\q${token}"`),
      withSecret(`secret: "${token}"`),
      withSecret(`secret = """${token}`),
      `x = [\n"${token}"\n1]`,
      withSecret(`secret = ["${token}"]`),
      withSecret(`secret = { value = "${token}" }`),
      withSecret(`secret = "${token}"\nsecret_next = "${token}"\nunknown = 1`),
      withSecret(`secrte = "${token}"`),
      withSecret(`secret_file = "${token}"`),
      withSecret(`secret_file = "/${token}/${token}"`),
      withSecret(`secret_env = "${token}"`),
      withSecret(`secret_credential = "${token}"`),
      withSecret(`secret_credential = "/${token}"`),
      `${client}${nps}server = "192.0.2.5:1812:${token}"\nsecret = "${token}"`,
      `${client}${nps}server = "192.0.2.5 ${token}"\nsecret = "${token}"\ntimeout = "${token}"`,
      `${client}${nps}server = ["${token}:${token}"]\nsecret = "${token}"\nsource = "${token}"`,
      `${primary}${client}address = "${token}"`,
      primary + client.replace('192.0.2.10', `192.0.2.10 ${token}`),
      primary + client.replace('192.0.2.10', token),
      `secret = "${token}"\n${primary}${client}`,
      `[store]\nurl = "postgres://u:${token}@db/x"\n${primary}${client}`,
      `[store]\nurl = "postgres://u:${token}@d b/x"\n${primary}${client}`,
      `[store]\nurl = "postgres://u@db/x?password=${token}"\n${primary}${client}`,
      `[store]\nurl = "postgres://u@db/x"\npassword = "${token}"\nkey_file = "k"\nwaiting = "memory"\n${primary}${client}`,
      `[store]\nurl = "mysql://u:${token}@db/x"\n${primary}${client}`,
      `[listen]\nauth = "${token}"\n${primary}${client}factor = "${token}"`,
    ])
      it(JSON.stringify(toml.slice(0, toml.lastIndexOf(token) + token.length).slice(-60)), () => {
        const file = scratch.write('radius.conf', toml);
        const said = [];
        try {
          const { config, warnings } = loadConfig(file, { CREDENTIALS_DIRECTORY: scratch.dir });
          said.push(config, warnings);
          expect(warnings, 'that it was taken without a word').not.to.deep.equal([]);
        } catch (error) {
          said.push(error, (error as Error).stack, (error as Error).cause);
        }
        expect(inspect(said, { depth: null, showHidden: true }) + JSON.stringify(said)).not.to.contain(token);
      });
  });
});
