import { expect } from 'chai';
import { record } from '../../../src/audit/record.ts';
import { Exit } from '../../../src/errors.ts';
import { localConfig, Workplace } from './command.ts';

const config = `${localConfig.replace('[[primary]]', 'trust_device_address = true\n[[primary]]')}
[[policy]]
name = "leavers"
group = "Leavers"
decision = "deny"
text = "Your access has ended."
[[policy]]
name = "office"
user = "alice"
network = "192.0.2.0/24"
decision = "allow"
text = "Welcome to the office."
[[policy]]
name = "roll-out"
from = "2027-01-15"
decision = "require"
methods = ["app"]
[[policy]]
name = "reminder"
decision = "require"
unenrolled = "allow"
text = "From 15 January you need a code."
`;

interface Told {
  readonly [key: string]: unknown;
  readonly rules: readonly {
    readonly rule: string;
    readonly matches: boolean;
    readonly conditions: readonly { readonly condition: string; readonly holds: boolean }[];
  }[];
}

describe('radgate explain', function () {
  this.timeout(180_000);
  const work = new Workplace();
  before(async () => {
    work.write('radius.conf', config);
    await work.does(['user', 'add', 'alice']);
    await work.does(['user', 'add', 'bob', '--group', 'Leavers']);
    await work.does(['user', 'add', 'new']);
    await work.does(['user', 'add', 'lost']);
    await work.does(['token', 'add', 'lost', '--secret-stdin'], 'MZXW6YTBOJTGS43IMZXW6YTBOJTGS43I');
    await work.does(['token', 'set', 'lost', 'totp', '--disable']);
    await work.does(['token', 'add', 'alice', '--secret-stdin'], 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  });
  after(() => work.remove());

  const ask = async (...args: string[]): Promise<Told> =>
    (await work.json(['explain', '--client', 'here', '--user', ...args])) as Told;
  const audit = (): Promise<string> => work.does(['report', 'logins', '--json']);

  for (const [title, args, wanted] of [
    [
      'the rule of the office lets in, with its text',
      ['alice', '--attr', 'Calling-Station-Id=192.0.2.7'],
      {
        rule: 'office',
        result: 'accept',
        reason: 'allowed-by-policy',
        reply: [{ name: 'Reply-Message', value: 'Welcome to the office.' }],
      },
    ],
    [
      'elsewhere a code is asked for',
      ['alice', '--attr', 'Calling-Station-Id=198.51.100.7', '--at', '2026-12-01'],
      { rule: 'reminder', result: 'challenge', reason: 'code-asked', ways: ['app'], text: 'Enter your code: ' },
    ],
    [
      'no spelling that a directory could take for a name gets around',
      ['álice', '--attr', 'Calling-Station-Id=192.0.2.7', '--at', '2026-12-01'],
      { identity: 'lookalike', result: 'reject', reason: 'name-lookalike' },
    ],
    [
      'a group of the store is looked at',
      ['bob'],
      { rule: 'leavers', result: 'reject', reason: 'denied-by-policy', text: 'Your access has ended.' },
    ],
    ['so is one that is given', ['alice', '--group', 'leavers'], { rule: 'leavers', result: 'reject' }],
    [
      'before the day a reminder',
      ['new', '--at', '2027-01-14'],
      {
        rule: 'reminder',
        result: 'accept',
        reason: 'not-enrolled-by-policy',
        text: 'From 15 January you need a code.',
        enrolled: false,
      },
    ],
    [
      'whose token is disabled is refused before the day',
      ['lost', '--at', '2027-01-14'],
      { rule: 'reminder', result: 'reject', reason: 'method-missing', enrolled: true, methods: [] },
    ],
    [
      'from the day on a refusal',
      ['new', '--at', '2027-01-15'],
      { rule: 'roll-out', result: 'reject', reason: 'not-enrolled' },
    ],
    [
      'a code needs PAP',
      ['alice', '--protocol', 'ms-chap', '--at', '2026-12-01'],
      { result: 'reject', reason: 'code-needs-pap' },
    ],
  ] as const)
    it(title, async () => {
      const told = await ask(...args);
      expect(Object.fromEntries(Object.keys(wanted).map((key) => [key, told[key]]))).to.deep.equal(wanted);
    });

  it('tells of each rule which condition does not hold', async () => {
    const { rules } = await ask('new', '--attr', 'Calling-Station-Id=192.0.2.7', '--at', '2026-12-01');
    expect(rules.map(({ rule, matches, conditions }) => [rule, matches, ...conditions.map(({ holds }) => holds)]))
      .to.deep //
      .equal([
        ['leavers', false, false],
        ['office', false, false, true],
        ['roll-out', false, false],
        ['reminder', true],
      ]);
  });

  it('fits 80 columns and says what decides', async () => {
    const told = await work.does(['explain', '--user', 'alice', '--client', 'here', '--at', '2026-12-01']);
    expect(told.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);
    expect(told).to.match(/^rule 2 {4}"office" \(allow\) does not match$/m);
    expect(told).to.match(/^ {10}user holds, network does NOT hold$/m);
    expect(told).to.match(/^decides {3}\[\[policy\]\] "reminder": require$/m);
    expect(told).to.match(/^result {4}asked for a second factor \(code-asked\)$/m);
  });

  it('says of methods that there are some, though none can be used', async () => {
    const of = (user: string): Promise<string> => work.does(['explain', '--user', user, '--client', 'here']);
    expect(await of('lost')).to.match(/^methods {3}none that can be used here and now$/m);
    expect(await of('new')).to.match(/^methods {3}none$/m);
  });

  it('uses no bypass up and writes nothing', async () => {
    const before = await audit();
    await work.does(['user', 'bypass', 'new', '--reason', 'lost phone']);
    for (let turn = 0; turn < 2; turn++)
      expect(await ask('new', '--at', '2026-12-01')).to.include({ result: 'accept' });
    expect(await audit()).to.equal(before);
    expect(await work.does(['user', 'show', 'new'])).to.match(/^Bypass +once until/m);
    await work.does(['user', 'bypass', 'new', '--cancel']);
  });

  for (const [protocol, loginId, wanted] of [
    ['pap', '00112233aabbccdd', { protocol: 'pap', result: 'accept' }],
    // Of a change of password the groups are not known before it: a rule that refuses holds.
    [
      'ms-chap-change',
      '00112233aabbccde',
      { protocol: 'ms-chap', result: 'reject', reason: 'password-change-refused' },
    ],
  ] as const)
    it(`takes a login of the audit (${protocol}), at its time and from its device`, async () => {
      const at = Date.UTC(2026, 10, 2, 12);
      await work.inStore((store) =>
        store.run(record, {
          at,
          loginId,
          userId: null,
          userName: 'alice',
          client: 'here',
          primary: 'local',
          protocol,
          clientAddress: '127.0.0.1',
          callingStationId: '192.0.2.9',
          method: null,
          result: 'reject',
          reason: 'password-wrong',
          latency: 1,
        }),
      );
      const told = await work.json(['explain', '--login', loginId, '--days', '3650']);
      const rule = protocol === 'pap' ? 'office' : 'leavers';
      expect(told).to.include({ user: 'alice', client: 'here', time: '2026-11-02T12:00:00.000Z', rule, ...wanted });
    });

  describe('application passwords', () => {
    const taken = localConfig.replace('[[primary]]', 'primary = "local"\napplication_passwords = true\n[[primary]]');
    const rules = `[[policy]]
name = "admins"
group = "Admins"
decision = "require"
[[policy]]
name = "leavers"
group = "Leavers"
decision = "deny"
`;
    const elsewhere =
      '[[primary]]\nname = "ad"\ntype = "ldap"\ndirectory = "ad"\nserver = "ldaps://127.0.0.1:1"\nbase_dn = "dc=corp"\nbind_dn = "cn=r,dc=corp"\nbind_password = "0123456789abcdef"\n';
    const told = async (user: string, ...args: string[]): Promise<unknown> => {
      const found = await work.json(['explain', '-c', 'apps.conf', '--client', 'here', '--user', user, ...args]);
      return (found as Told)['application_passwords'];
    };

    it('groups of the store alone are known', async () => {
      work.write('apps.conf', taken + rules);
      expect(await told('alice')).to.deep.equal({ kept_out_by: null });
      expect(await told('bob')).to.deep.equal({ kept_out_by: 'leavers' });
      expect(await told('nobody'), 'who has none').to.equal(null);
      expect(await told('alice', '--protocol', 'chap'), 'PAP alone carries one').to.equal(null);
      expect((await ask('alice'))['application_passwords'], 'where none are taken').to.equal(null);
      const lines = await work.does(['explain', '-c', 'apps.conf', '--client', 'here', '--user', 'alice']);
      expect(lines).to.match(/^programs {2}no \[\[policy\]\] refuses application passwords$/m);
    });

    it('those of a directory are not, whatever --group says: what may refuse does, behind what may ask', async () => {
      work.write('apps.conf', taken + elsewhere + rules);
      expect(await told('alice', '--group', 'Admins')).to.deep.equal({ kept_out_by: 'leavers' });
      const lines = await work.does(['explain', '-c', 'apps.conf', '--client', 'here', '--user', 'alice']);
      expect(lines).to.match(/^programs {2}\[\[policy\]\] "leavers" refuses application passwords; what only a$/m);
      expect(lines.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);
    });
  });

  it('a link that would be sent, and a code alone, are told; nothing is sent', async () => {
    const pages = '[web]\nlisten = "127.0.0.1:0"\nurl = "http://localhost:8080"\n';
    const mail =
      '[[provider]]\nname = "mail"\ntype = "smtp"\nchannel = "email"\nserver = "127.0.0.1:25"\ntls = "none"\nfrom = "mfa@corp.example"\n';
    const rules =
      '[[policy]]\nname = "step"\nclient = "here"\nuser = "alice"\ndecision = "code-only"\n[[policy]]\nname = "roll-out"\ndecision = "require"\nmethods = "app"\nunenrolled = "link"\n';
    work.write('link.conf', `${localConfig}\n${pages}${mail}${rules}`);
    await work.does(['user', 'set', 'new', '--email', 'new@corp.example']);
    const told = await work.json(['explain', '-c', 'link.conf', '--client', 'here', '--user', 'new']);
    expect(told).to.include({ rule: 'roll-out', result: 'reject', reason: 'enrolment-sent' });
    expect(told)
      .to.have.property('sent_to')
      .that.matches(/@corp\.example$/);
    await work.does(['user', 'set', 'lost', '--email', 'lost@corp.example']);
    expect(await work.json(['explain', '-c', 'link.conf', '--client', 'here', '--user', 'lost'])).to.include({
      result: 'reject',
      reason: 'method-missing',
      sent_to: null,
    });
    expect(await work.json(['explain', '-c', 'link.conf', '--client', 'here', '--user', 'alice'])).to.include({
      rule: 'step',
      result: 'challenge',
    });
    expect(await work.does(['deliver', 'list'])).not.to.contain('corp.example');
  });

  it('tells the same of a realm as a login: whose name it is, and which rule', async () => {
    const rules =
      '[[policy]]\nname = "ours"\nprimary = "local"\ndecision = "require"\n[[policy]]\nname = "theirs"\nuser = "alice"\ndecision = "allow"\n';
    const partner =
      '[[primary]]\nname = "partner"\ntype = "radius"\nserver = "192.0.2.5"\nsecret = "0123456789abcdef"\n[[realm]]\nsuffix = "partner.example"\nprimary = "partner"\nstrip = true\n';
    const here = localConfig.replace('[[client]]', '[[client]]\nprimary = "local"');
    work.write('realm.conf', `${here}\n${partner}${rules}`);
    const told = (user: string): Promise<unknown> =>
      work.json(['explain', '-c', 'realm.conf', '--client', 'here', '--user', user]);
    expect(await told('alice')).to.include({ realm: null, primary: 'local', identity: 'known', rule: 'ours' });
    const theirs = { realm: 'partner.example', primary: 'partner', identity: 'unknown', rule: null };
    expect(await told('PARTNER.example\\alice')).to.include({ ...theirs, result: 'reject', reason: 'not-enrolled' });
    expect(
      await work.does(['explain', '-c', 'realm.conf', '--client', 'here', '--user', 'alice@partner.example']),
    ).to.match(/^realm {5}partner\.example$/m);
  });

  for (const [args, exit, message] of [
    [['--user', 'alice'], Exit.usage, 'it takes --user and --client, or --login'],
    [['--login', '1', '--user', 'alice'], Exit.usage, 'it takes --user and --client, or --login'],
    [['--user', 'alice', '--client', 'no'], Exit.usage, 'there is no [[client]] "no"'],
    [['--user', 'alice', '--client', 'here', '--attr', 'x'], Exit.usage, '--attr takes NAME=VALUE'],
    [['--user', 'alice', '--client', 'here', '--attr', 'Nothing=1'], Exit.usage, 'unknown attribute "Nothing"'],
    [['--user', 'alice', '--client', 'here', '--attr', 'User-Name=bob'], Exit.usage, '--attr takes no User-Name'],
    [['--user', 'alice', '--client', 'here', '--at', 'soon'], Exit.usage, '--at must be a time'],
    [['--login', 'ffff'], Exit.refused, 'the audit has no login "ffff"'],
    [['--config', 'none.conf', '--login', 'ffff'], Exit.config, 'none.conf'],
  ] as const)
    it(`${args.join(' ')}: ${message}`, async () => {
      const { code, stderr, stdout } = await work.radgate(['explain', ...args]);
      expect({ code, stdout }).to.deep.equal({ code: exit, stdout: '' });
      expect(stderr).to.contain(message);
    });
});
