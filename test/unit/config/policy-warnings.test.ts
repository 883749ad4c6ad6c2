import { expect } from 'chai';
import { primary, rest, Scratch } from './scratch.ts';

describe('config: what is told of rules', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  const rule = (name: string, ...lines: readonly string[]): string =>
    `[[policy]]\nname = "${name}"\n${lines.join('\n')}\n`;
  const all = (...parts: readonly string[]): string[] => scratch.warningsOf(`${parts.join('')}${rest}`);
  const never = (...parts: readonly string[]): string[] => all(...parts).filter((line) => line.includes('never'));
  const ask = 'decision = "require"';
  const open = 'decision = "allow"';

  for (const [title, first, second, isTold] of [
    ['one without conditions is before all', [ask], [ask, 'user = "alice"'], true],
    ['the same conditions', [ask, 'group = "VPN"'], [ask, 'group = "VPN"'], true],
    [
      'fewer of a list',
      [ask, 'client = "vpn"', 'user = ["alice", "bob"]'],
      [ask, 'client = "vpn"', 'user = "bob"'],
      true,
    ],
    ['more of a list', [ask, 'user = "bob"'], [ask, 'user = ["alice", "bob"]'], false],
    ['other conditions', [ask, 'user = "bob"'], [ask, 'group = "VPN"'], false],
    ['the same primary', [ask, 'primary = ["here"]'], [ask, 'primary = "here"', 'user = "bob"'], true],
    ['any primary', [ask, 'primary = "here"'], [ask, 'user = "bob"'], false],
    ['fewer percent', [ask, 'percent = 20'], [ask, 'percent = 10'], true],
    ['more percent', [ask, 'percent = 20'], [ask, 'percent = 30'], false],
    ['an earlier end', [ask, 'until = "2090-01-01"'], [ask, 'until = "2089-01-01"'], true],
    [
      'an earlier end by another clock',
      [ask, 'until = "2090-01-01"'],
      [ask, 'until = "2089-01-01"', 'time_zone = "Asia/Tokyo"'],
      false,
    ],
    ['one that opens leaves those for whom it is not certain', [open, 'group = "VPN"'], [ask, 'group = "VPN"'], false],
    [
      'one that opens is before another that opens',
      [open, 'group = "VPN"'],
      [open, 'group = "VPN"', 'user = "bob"'],
      true,
    ],
    [
      'a code alone leaves what is no PAP',
      ['decision = "code-only"', 'client = "vpn"'],
      [ask, 'client = "vpn"'],
      false,
    ],
  ] as const)
    it(`${title}: ${isTold ? 'the later one is told of' : 'nothing is told'}`, () => {
      const told = isTold
        ? [`${first.length + 4}: [[policy]] "two" never holds: whatever it holds for, [[policy]] "one" decides before`]
        : [];
      expect(never(rule('one', ...first), rule('two', ...second))).to.deep.equal(told);
    });

  it('one that opens by an address that no client is trusted to tell', () => {
    expect(never(rule('one', open, 'network = "192.0.2.0/24"'))).to.deep.equal([
      '4: [[policy]] "one" never opens: no client of it has trust_device_address = true',
    ]);
  });

  it('methods that nothing brings', () => {
    const of = (methods: string, more = ''): string[] =>
      all(rule('one', ask, `methods = ${methods}`), more).filter((line) => line.includes('brings'));
    expect(of('["app"]')).to.deep.equal([]);
    expect(of('["app", "sms", "approval"]')).to.deep.equal([
      '4: [[policy]] "one" asks for "sms", "approval", and nothing brings that: no [[provider]] with the channel "sms", no [web] listen',
    ]);
    expect(of('"email"')).to.deep.equal([
      '4: [[policy]] "one" asks for "email", and nothing brings that: no [[provider]] with the channel "email"; nobody has any method that it takes',
    ]);
    const mail =
      '[[provider]]\nname = "mail"\ntype = "smtp"\nchannel = "email"\nserver = "127.0.0.1:25"\ntls = "none"\nfrom = "mfa@corp.example"\n';
    expect(of('["email"]', mail)).to.deep.equal([]);
  });

  describe('where a realm leads to another directory', () => {
    const partner = (more = ''): string =>
      `[[primary]]\nname = "partner"\ntype = "ldap"\ndirectory = "openldap"\nserver = "ldaps://ldap.partner.example"\nbase_dn = "dc=partner"\nbind_dn = "cn=x"\nbind_password = "y"\n[[realm]]\nsuffix = "partner.example"\nprimary = "partner"\n${more}`;
    // The client of the rest has a primary of its own.
    const two = rest.replace('secret = "', 'primary = "here"\nsecret = "');
    const told = (lines: readonly string[], more = partner()): string[] =>
      scratch
        .warningsOf(`${rule('one', ...lines)}${more}${two}`)
        .filter((line) => line.includes('another directory'))
        .map((line) => line.replace(/:.*/, ''));

    for (const [title, line, ...lines] of [
      ['that lets in by a group', 4, open, 'group = "VPN"'],
      ['that lets in who is not enrolled', 4, ask, 'group = "VPN"', 'unenrolled = "allow"'],
      ['that opens on an outage', 4, ask, 'group = "VPN"', 'on_outage = "allow"'],
      ['that gives back by a group', 4, ask, 'group = "VPN"', 'reply = "Filter-Id=x"'],
      ['that adds by a group', 4, ask, 'group = "VPN"', 'reply_add = "Filter-Id=x"'],
      ['that chooses by groups', 4, ask, 'reply_by_group = "VPN -> Filter-Id=x"'],
    ] as const)
      it(`a rule ${title} is to say whose`, () => {
        expect(told(lines)).to.deep.equal([String(line)]);
        expect(told([...lines, 'primary = "here"'])).to.deep.equal([]);
        expect(told([...lines, 'user = "alice"'])).to.deep.equal([]);
        expect(told(lines, partner('client = "vpn"\n'))).to.deep.equal([String(line)]);
      });

    it('nothing is told of a rule that asks or refuses, without a realm, or where the realm does not come to it', () => {
      expect(told([ask, 'group = "VPN"'])).to.deep.equal([]);
      expect(told(['decision = "deny"', 'group = "VPN"'])).to.deep.equal([]);
      expect(told([open, 'group = "VPN"'], '')).to.deep.equal([]);
      const other = `[[client]]\nname = "wifi"\naddress = "192.0.2.11"\nsecret = "0123456789abcdef"\nprimary = "here"\n`;
      expect(told([open, 'group = "VPN"', 'client = "vpn"'], `${partner('client = "wifi"\n')}${other}`)).to.deep.equal(
        [],
      );
      // Another RADIUS server tells no groups.
      const radius = partner().replace(
        /type = "ldap"[^]*?\[\[realm/,
        'type = "radius"\nserver = "192.0.2.5"\nsecret = "0123456789abcdef"\n[[realm',
      );
      expect(told([open, 'group = "VPN"'], radius)).to.deep.equal([]);
    });

    it('in plain words', () => {
      expect(scratch.warningsOf(`${rule('one', open, 'group = "VPN"')}${partner()}${two}`)).to.include(
        '4: [[policy]] "one" opens or gives by a group, and the groups of [[realm]] "partner.example" are those of another directory ("partner"), which may call one the same: say whose with "primary"',
      );
    });
  });

  it('a rule that refuses or asks by addresses misses those that are not told, where what follows is less strict', () => {
    const of = (...parts: readonly string[]): string[] =>
      all(...parts).filter((line) => line.includes('not tell the address'));
    const net = 'network = "192.0.2.0/24"';
    const loose = '[[client]]\nname = "old"\naddress = "192.0.2.11"\nsecret = "0123456789abcdef"\nfactor = "none"\n';
    const where =
      'where the client does not tell the address of the device ("not_network" counts such users as outside)';
    const refuses = [`4: [[policy]] "one" refuses nobody ${where}`];
    const asks = [`4: [[policy]] "one" asks nobody, and what comes after it may let in without a factor, ${where}`];
    expect(of(rule('one', 'decision = "deny"', net))).to.deep.equal(refuses);
    expect(of(rule('one', ask, net))).to.deep.equal([]);
    expect(of(rule('one', ask, net), rule('two', ask))).to.deep.equal([]);
    expect(of(rule('one', ask, net), rule('two', open))).to.deep.equal(asks);
    expect(of(rule('one', ask, net), rule('two', ask, 'unenrolled = "allow"'))).to.deep.equal(asks);
    expect(of(rule('one', ask, net), loose)).to.deep.equal(asks);
    expect(of(rule('one', ask, net, 'client = "vpn"'), loose)).to.deep.equal([]);
    expect(of(rule('one', open, net))).to.deep.equal([]);
    expect(of(rule('one', 'decision = "deny"', 'not_network = "192.0.2.0/24"'))).to.deep.equal([]);
  });

  it('a rule that refuses by a group of a directory keeps all application passwords out, unless one before it is certain', () => {
    const mail = (own = 'application_passwords = true'): string =>
      `[[client]]\nname = "mail"\naddress = "192.0.2.11"\nsecret = "0123456789abcdef"\nprimary = "here"\n${own}\n`;
    const ldap =
      '[[primary]]\nname = "ad"\ntype = "ldap"\ndirectory = "ad"\nserver = "ldaps://dc.corp.example"\nbase_dn = "dc=corp"\nbind_dn = "cn=r,dc=corp"\nbind_password = "0123456789abcdef"\n';
    const vpn = '[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\nprimary = "ad"\n';
    const of = (rules: string, more = mail() + ldap): string[] =>
      scratch
        .warningsOf(`${rules}${more}${vpn}${primary}`)
        .filter((line) => line.includes('every application password'));
    const told = (line: number, key = 'two'): string[] => [
      `${line}: [[policy]] "${key}" refuses every application password at "mail": no directory is asked for the groups of their users`,
    ];
    const deny = 'decision = "deny"';
    const two = rule('two', deny, 'group = "Leavers"');
    expect(of(two)).to.deep.equal(told(4));
    expect(of(rule('two', deny, 'not_group = "Staff"', 'client = ["mail", "vpn"]'))).to.deep.equal(told(4));
    expect(of(rule('one', ask, 'group = "Admins"') + two)).to.deep.equal(told(8));
    expect(of(rule('one', ask, 'client = "mail"') + two)).to.deep.equal([]);
    expect(of(rule('one', ask, 'client = "vpn"') + two)).to.deep.equal(told(8));
    expect(of(rule('two', deny, 'group = "Leavers"', 'client = "vpn"'))).to.deep.equal([]);
    expect(of(rule('two', deny, 'group = "Leavers"', 'user = "bob"'))).to.deep.equal([]);
    expect(of(rule('two', deny, 'user = "bob"'))).to.deep.equal([]);
    expect(of(rule('two', ask, 'group = "Leavers"'))).to.deep.equal([]);
    expect(of(two, mail('') + ldap)).to.deep.equal([]);
  });

  it('every rule that opens, more so without users and groups', () => {
    expect(all(rule('one', open))).to.deep.equal([
      '3: [[policy]] "one" lets in on the password alone, and names no user and no group',
    ]);
    expect(all(rule('one', ask, 'group = "VPN"', 'unenrolled = "allow"'))).to.deep.equal([
      '5: [[policy]] "one" lets in users without a second factor on the password alone',
    ]);
    expect(
      all(rule('one', ask), rule('two', 'decision = "deny"', 'user = "bob"')).filter((line) => !line.includes('never')),
    ).to.deep.equal([]);
  });
});
