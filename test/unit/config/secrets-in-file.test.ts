import { expect } from 'chai';
import { secretsInFile } from '../../../src/config/secrets-in-file.ts';
import { Scratch } from './scratch.ts';

describe('config/secrets-in-file', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const secrets = (toml: string, env: Record<string, string> = {}): string[] =>
    secretsInFile(scratch.write('radius.conf', toml), env).map(String);

  it('are those in it and in what it names, of every type, whether the rest of it is right or not', () => {
    scratch.write('vpn.secret', 'of the file\n');
    scratch.write('cred', 'of systemd');
    const env = { NAS_SECRET: 'of the environment', CREDENTIALS_DIRECTORY: scratch.dir };
    expect(
      secrets(
        `
unknown = 1
client = 3
[store]
url = "postgres://radgate:p/w9@db/radgate"
password = "of the store"
[[primary]]
secret_file = "vpn.secret"
probe_password = "of the probe"
[[primary]]
type = "mistyped"
bind_password_env = "NAS_SECRET"
[[provider]]
auth_token_credential = "cred"
secret = "one form"
secret_file = "vpn.secret"
`,
        env,
      ),
    ).to.have.members([
      'of the store',
      'of the file',
      'of the probe',
      'of the environment',
      'of systemd',
      'one form',
      'of the file',
    ]);
  });

  it('are the names themselves where nothing can be had by them', () => {
    const toml = `
[[client]]
secret_file = "there is no such file"
secret_next_env = "there is no such variable"
[[primary]]
secret_credential = "nobody passes it"
secret = 5
`;
    expect(secrets(toml)).to.have.members(['there is no such file', 'there is no such variable', 'nobody passes it']);
  });

  it('are none of what is no TOML, or is not there', () => {
    expect(secrets('[[client]]\nsecret = "abc')).to.deep.equal([]);
    expect(secretsInFile('/nowhere/radius.conf', {})).to.deep.equal([]);
  });
});
