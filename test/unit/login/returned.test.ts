import { expect } from 'chai';
import { replyAttributes } from '../../../src/build/reply-attributes.ts';
import { policiesOf } from '../../../src/build/policies.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { mostValues, returned } from '../../../src/login/returned.ts';
import { encodeAttribute } from '../../../src/packet/encode-attribute.ts';
import type { Granted } from '../../../src/packet/granted.ts';
import { userGroups } from '../../../src/policy/fold-group.ts';
import type { Returns } from '../../../src/policy/policy.ts';
import { client, rest, Scratch } from '../config/scratch.ts';

/** What is given of a directory needs one; it is not asked here. */
const ldap =
  '[[primary]]\nname = "ad"\ntype = "ldap"\ndirectory = "ad"\nserver = "ldaps://dc.corp.example"\nbase_dn = "dc=corp"\nbind_dn = "cn=r,dc=corp"\nbind_password = "0123456789abcdef"\n';

function plain(name: string, value: string): Granted {
  return { kind: 'plain', ...encodeAttribute(name, value) };
}

/** Two of Cisco's in one Vendor-Specific, as some servers send them. */
const pair: Granted = {
  kind: 'plain',
  type: 26,
  value: Buffer.concat([Buffer.of(0, 0, 0, 9), Buffer.of(1, 4), Buffer.from('ab'), Buffer.of(2, 4), Buffer.from('cd')]),
};
const key: Granted = { kind: 'mppe-key', type: 16, value: Buffer.alloc(16, 1) };
const secret: Granted = { kind: 'tunnel-password', tag: 1, value: Buffer.from('tunnel') };
const granted: readonly Granted[] = [
  plain('Filter-Id', 'one'),
  plain('Class', 'class'),
  plain('Filter-Id', 'two'),
  pair,
  key,
  secret,
];

describe('login: what a rule makes of an Accept', () => {
  let scratch: Scratch;
  before(() => (scratch = new Scratch()));
  after(() => scratch.remove());

  /** As radius.conf has it. */
  function rule(lines: string): Returns {
    const file = scratch.write(
      'radius.conf',
      `[[policy]]\nname = "one"\ndecision = "require"\n${lines}\n${client}${ldap}`,
    );
    const [policy] = policiesOf(loadConfig(file, {}).config);
    if (!policy) throw new Error('no rule');
    return policy.returns;
  }

  const returnedTo = (all: readonly Granted[], own: Returns): readonly Granted[] =>
    returned(all, own, { groups: userGroups([]), attributes: new Map() });

  const user = {
    groups: userGroups(['VPN Users', 'CN=Admins,DC=corp']),
    attributes: new Map([
      ['department', [Buffer.from([0x4b, 0xfc, 0x00])]],
      ['description', [Buffer.from('one'), Buffer.from('two')]],
      ['uidnumber', [Buffer.from('10001')]],
      ['odd', [Buffer.from('soon')]],
      ['empty', [Buffer.alloc(0)]],
      ['many', Array.from({ length: 40 }, (_, i) => Buffer.from(String(i)))],
      ['long', [Buffer.alloc(253, 'x'), Buffer.alloc(254, 'x')]],
    ]),
  };
  const given = (lines: string): readonly Granted[] => returned([], rule(lines), user);
  it('gives what the directory has, octet for octet, with what stands around it', () => {
    expect(given('reply = ["Class={attribute:Department}", "Filter-Id=x-{attribute:description}-y"]')).to.deep.equal([
      { kind: 'plain', type: 25, value: Buffer.from([0x4b, 0xfc, 0x00]) },
      plain('Filter-Id', 'x-one-y'),
      plain('Filter-Id', 'x-two-y'),
    ]);
    expect(
      given(
        'reply = ["Cisco-AVPair=dept={attribute:description}", "Tunnel-Private-Group-Id=:3:{attribute:uidNumber}"]',
      ),
    ).to.deep.equal([
      plain('Cisco-AVPair', 'dept=one'),
      plain('Cisco-AVPair', 'dept=two'),
      plain('Tunnel-Private-Group-Id', ':3:10001'),
    ]);
    expect(given('reply_add = "Session-Timeout={attribute:uidNumber}"')).to.deep.equal([
      plain('Session-Timeout', '10001'),
    ]);
  });

  it('sends nothing of what the directory does not have, what does not fit, and beyond so many', () => {
    expect(given('reply = ["Class={attribute:missing}", "Filter-Id=x{attribute:empty}"]')).to.deep.equal([]);
    expect(given('reply = "Session-Timeout={attribute:odd}"')).to.deep.equal([]);
    expect(given('reply = "Class={attribute:long}"')).to.deep.equal([plain('Class', 'x'.repeat(253))]);
    expect(given('reply = "Cisco-AVPair={attribute:long}"')).to.deep.equal([]);
    expect(given('reply = "Class={attribute:many}"')).to.have.length(mostValues);
    // What the primary granted by that name goes all the same: the rule says what is there.
    expect(returned([plain('Class', 'theirs')], rule('reply = "Class={attribute:missing}"'), user)).to.deep.equal([]);
  });

  it('gives the members of a group their own, and the others what is for all', () => {
    const lines = `reply = ["Filter-Id=all", "Class=all"]
reply_by_group = ["Others -> Filter-Id=others", "CN = admins, DC = corp -> Filter-Id=admins", "vpn users -> Filter-Id=users", "cn=admins,dc=corp -> Filter-Id=root", "VPN users -> Framed-Pool={attribute:department}"]`;
    expect(given(lines)).to.deep.equal([
      plain('Class', 'all'),
      plain('Filter-Id', 'admins'),
      plain('Filter-Id', 'root'),
      { kind: 'plain', type: 88, value: Buffer.from([0x4b, 0xfc, 0x00]) },
    ]);
    const none = { groups: userGroups([]), attributes: new Map() };
    expect(returned([], rule(lines), none)).to.deep.equal([plain('Filter-Id', 'all'), plain('Class', 'all')]);
    // Who is in none of the groups keeps what the primary granted.
    const own = rule('reply_by_group = "Others -> Class=x"');
    expect(returned([plain('Class', 'theirs')], own, user)).to.deep.equal([plain('Class', 'theirs')]);
  });

  for (const [lines, problem] of [
    ['reply = "Class={attribute:userPassword}"', '"userPassword" of a directory is a secret'],
    ['reply = "Class={attribute:}"', 'takes the name of an attribute of the directory'],
    ['reply = "Class={attribute:a)(b}"', 'takes the name of an attribute of the directory'],
    ['reply = "Class={attribute:a}{attribute:b}"', 'one {attribute:NAME}'],
    ['reply = "Session-Timeout=1{attribute:a}"', 'takes {attribute:NAME} alone'],
    ['reply = "State={attribute:a}"', `radgate's own`],
    ['reply = "Nothing-Such={attribute:a}"', 'unknown attribute'],
    [`reply = "Class=${'x'.repeat(252)}{attribute:a}"`, 'over 253'],
    ['reply_by_group = "Filter-Id=admins"', 'must be "GROUP -> NAME=value"'],
    ['reply_by_group = " -> Filter-Id=admins"', 'must be "GROUP -> NAME=value"'],
    ['reply_by_group = "VPN -> Session-Timeout=soon"', 'Session-Timeout takes'],
    ['reply_by_group = "VPN -> State=0x00"', `radgate's own`],
  ] as const)
    it(`of groups and directories a config is refused with ${lines.slice(0, 60)}`, () => {
      const errors = scratch.errorsOf(`[[policy]]\nname = "one"\ndecision = "allow"\n${lines}\n${client}${ldap}`);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.match(/^4: /);
      expect(errors[0]).to.include(problem);
    });

  it('a config is refused with attributes of a directory where there is none', () => {
    const lines = 'reply = "Class={attribute:department}"';
    expect(scratch.errorsOf(`[[policy]]\nname = "one"\ndecision = "allow"\n${lines}\n${rest}`)).to.deep.equal([
      '4: "reply" in [[policy]] "one" has {attribute:NAME}, and no [[primary]] with type = "ldap" has attributes',
    ]);
  });

  it('names each attribute once, to be read by directories', () => {
    const { config } = scratch.load(
      `[[policy]]\nname = "one"\ndecision = "allow"\nreply = ["Class={attribute:Title}", "Filter-Id={attribute:title}"]\nreply_by_group = "VPN -> Class={attribute:department}"\n${client}${ldap}`,
    );
    expect(replyAttributes(config)).to.deep.equal(['department', 'title']);
  });

  it('nothing, where it says nothing', () => {
    expect(returnedTo(granted, rule(''))).to.deep.equal(granted);
  });

  it('replaces all values of a name by all of its own', () => {
    const own = rule('reply = ["Filter-Id=staff", "filter-id=more"]');
    const [, klass] = granted;
    expect(returnedTo(granted, own)).to.deep.equal([
      klass,
      pair,
      key,
      secret,
      plain('Filter-Id', 'staff'),
      plain('Filter-Id', 'more'),
    ]);
  });

  it('adds beside what there is', () => {
    const own = rule('reply_add = ["Class=mine", "Fortinet-Group-Name=VPN"]');
    expect(returnedTo(granted, own)).to.deep.equal([
      ...granted,
      plain('Class', 'mine'),
      plain('Fortinet-Group-Name', 'VPN'),
    ]);
  });

  it("removes, and leaves the vendor's others that came in the same attribute", () => {
    const own = rule('reply_remove = ["Cisco-AVPair", "Filter-Id"]');
    const left = plain('attr-9-2', 'cd');
    expect(returnedTo(granted, own)).to.deep.equal([plain('Class', 'class'), left, key, secret]);
  });

  it('removes the last of a vendor without leaving an empty one', () => {
    expect(returnedTo([pair], rule('reply_remove = ["attr-9-1", "attr-9-2"]'))).to.deep.equal([]);
  });

  it('leaves a Vendor-Specific that is laid out otherwise', () => {
    const odd: Granted = { kind: 'plain', type: 26, value: Buffer.from('000000090109', 'hex') };
    expect(returnedTo([odd], rule('reply_remove = "Cisco-AVPair"'))).to.deep.equal([odd]);
  });

  it('has tags where RFC 2868 has them', () => {
    const own = rule('reply = ["Tunnel-Type=:1:VLAN", "Tunnel-Private-Group-Id=:1:20"]');
    expect(returnedTo([plain('Tunnel-Type', ':2:L2TP')], own)).to.deep.equal([
      { kind: 'plain', type: 64, value: Buffer.of(1, 0, 0, 13) },
      { kind: 'plain', type: 81, value: Buffer.from('\u000120') },
    ]);
  });

  for (const [lines, problem] of [
    ['reply = "Filter-Ids=x"', 'unknown attribute "Filter-Ids"'],
    ['reply = "Session-Timeout=soon"', 'Session-Timeout takes'],
    [`reply_add = "Class=${'x'.repeat(254)}"`, 'Class is 254 octets long, over 253'],
    [`reply = "Cisco-AVPair=${'x'.repeat(248)}"`, 'Cisco-AVPair is 248 octets long, over 247'],
    ['reply = "Filter-Id="', 'Filter-Id is empty'],
    ['reply = "Filter-Id"', 'must be NAME=value'],
    ['reply = "Reply-Message=hello"', 'use "text"'],
    ...[
      'State',
      'Proxy-State',
      'EAP-Message',
      'Message-Authenticator',
      'attr-80',
      'attr-0-80',
      'User-Password',
      'Tunnel-Password',
      'MS-MPPE-Send-Key',
      'MS-CHAP2-Success',
      'Vendor-Specific',
      'NAS-Identifier',
    ].map((name) => [`reply_remove = "${name}"`, `"${name}" is radgate's own`] as const),
    ['reply = "attr-80=0x00000000000000000000000000000000"', `"attr-80" is radgate's own`],
    ['reply_add = "State=0x00"', `"State" is radgate's own`],
    ['reply_remove = "Nothing-Such"', 'unknown attribute "Nothing-Such"'],
  ] as const)
    it(`a config is refused with ${lines.slice(0, 60)}`, () => {
      const errors = scratch.errorsOf(`[[policy]]\nname = "one"\ndecision = "allow"\n${lines}\n${rest}`);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.match(/^4: /);
      expect(errors[0]).to.include(problem);
    });

  it('a config is refused with a reply for whom it refuses', () => {
    expect(scratch.errorsOf(`[[policy]]\nname = "one"\ndecision = "deny"\nreply = "Class=x"\n${rest}`)).to.deep.equal([
      '4: "reply" in [[policy]] "one" is for decision = "require" or "allow"',
    ]);
  });
});
