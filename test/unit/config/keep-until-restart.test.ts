import { expect } from 'chai';
import { keepUntilRestart } from '../../../src/config/keep-until-restart.ts';
import { sameValue } from '../../../src/config/same.ts';
import type { Config } from '../../../src/config/schema.ts';
import { Secret } from '../../../src/config/secret.ts';
import { client, primary, rest, Scratch } from './scratch.ts';

describe('config: what a reload takes', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const load = (toml: string): Config => scratch.load(toml).config;
  const restartOf = (running: string, next: string): readonly string[] =>
    keepUntilRestart(load(running), load(next)).restart;

  it('secrets are the same by their octets alone', () => {
    expect(sameValue(new Secret('one'), new Secret('one'))).to.equal(true);
    expect(sameValue(new Secret('one'), new Secret('two'))).to.equal(false);
    expect(sameValue(new Secret('one'), {})).to.equal(false);
    expect(sameValue({}, new Secret('one'))).to.equal(false);
  });

  it('values are the same by what they hold, and what is not known never is', () => {
    const same = [
      [{ a: [1, { b: 'x' }] }, { a: [1, { b: 'x' }] }],
      [{ a: 1, b: undefined }, { a: 1 }],
      [Buffer.from('x'), Buffer.from('x')],
    ];
    for (const [a, b] of same) expect([a, b, sameValue(a, b)]).to.deep.equal([a, b, true]);
    const other = [
      [{ a: 1 }, { a: 2 }],
      [{ a: 1 }, { b: 1 }],
      [{ a: 1 }, { a: 1, b: 2 }],
      [
        [1, 2],
        [2, 1],
      ],
      [[], {}],
      [Buffer.from('x'), Buffer.from('y')],
      [Buffer.from('x'), [120]],
      [null, {}],
      [new Map([[1, 1]]), new Map([[1, 1]])],
    ];
    for (const [a, b] of other) expect([a, b, sameValue(a, b)]).to.deep.equal([a, b, false]);
  });

  it('a file that is read twice differs in nothing, whatever kinds of values it has', () => {
    const toml = `[web]
listen = ["127.0.0.1:8080"]
url = "http://127.0.0.1:8080"
[deliver]
per_user = ["2/1m"]
allow = ["+41"]
${client.replace('192.0.2.10', '2001:db8::/32')}profile = "fortigate"
[[primary]]
name = "dc"
type = "ldap"
directory = "ad"
server = "ldaps://dc1.corp.example"
base_dn = "DC=corp,DC=example"
bind_dn = "CN=svc,DC=corp,DC=example"
bind_password = "of the service account"
[[primary]]
name = "nps"
type = "radius"
server = ["192.0.2.5"]
secret = "between the two, long"
[[realm]]
suffix = "corp.example"
primary = "nps"
[[policy]]
name = "at night"
decision = "deny"
hours = "20:00-06:00"
network = ["10.0.0.0/8"]
attribute = ["NAS-Port-Type=Virtual"]
`;
    const problems = scratch.errorsOf(toml.replace('profile', 'primary = "dc"\nprofile'));
    expect(problems).to.deep.equal([]);
    const read = (): Config => load(toml.replace('profile', 'primary = "dc"\nprofile'));
    expect(sameValue(read(), read())).to.equal(true);
    expect(keepUntilRestart(read(), read()).restart).to.deep.equal([]);
  });

  it('names what needs a restart, and keeps it as it was', () => {
    const next = `[listen]
auth = ["127.0.0.1:1912"]
acct = ["127.0.0.1:1913"]
[store]
durability = "process"
[login]
challenge_timeout = "60s"
duplicate_window = "7s"
max_waiting = 7
attempts = 1
[web]
listen = ["127.0.0.1:8080"]
url = "http://127.0.0.1:8080"
[control]
socket = "other.sock"
[metrics]
listen = ["127.0.0.1:9812"]
[log]
level = "debug"
format = "json"
[audit]
keep = "10d"
[[siem]]
name = "soc"
transport = "stdout"
`;
    const [old, wanted] = [load(rest), load(next + rest)];
    const { config, restart } = keepUntilRestart(old, wanted);
    expect(restart).to.have.members([
      '[listen] auth',
      '[listen] acct',
      '[store] durability',
      '[web] listen',
      '[web] url',
      '[audit] keep',
      '[[siem]]',
      '[control] socket',
      '[metrics] listen',
      '[login] duplicate_window',
      '[login] challenge_timeout',
      '[login] max_waiting',
      '[log] format',
    ]);
    expect(
      sameValue(config, { ...old, login: { ...old.login, attempts: 1 }, log: { ...old.log, level: 'debug' } }),
    ).to.equal(true);
  });

  it('takes clients, primaries and all else', () => {
    expect(restartOf(rest, client.replace('0123456789abcdef', 'fedcba9876543210') + primary)).to.deep.equal([]);
    expect(restartOf(rest, `[login]\nprompt = "Code: "\nreject_delay = "2s"\n${rest}`)).to.deep.equal([]);
  });

  it('takes nothing where a part that it can take needs one that it cannot', () => {
    const pages = '[web]\nlisten = "127.0.0.1:8080"\nurl = "http://localhost:8080"\n';
    const mail =
      '[[provider]]\nname = "mail"\ntype = "smtp"\nchannel = "email"\nserver = "127.0.0.1:25"\ntls = "none"\nfrom = "mfa@corp.example"\n';
    const link = '[[policy]]\nname = "one"\ndecision = "require"\nmethods = "app"\nunenrolled = "link"\n';
    const wanted = `${pages}${mail}${link}${rest}`;
    expect(() => restartOf(rest, wanted)).to.throw(
      '[web] listen, [web] url: what needs a restart is needed by the rest: unenrolled = "link" in [[policy]] "one" needs the page that users register on: "listen" and "url" in [web]',
    );
    expect(() => restartOf(wanted, `${mail}${rest}`)).to.not.throw();
    expect(restartOf(`${pages}${rest}`, wanted)).to.deep.equal([]);
  });
});
