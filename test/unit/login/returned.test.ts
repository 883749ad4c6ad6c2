import { expect } from 'chai';
import { policiesOf } from '../../../src/build/policies.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { returned } from '../../../src/login/returned.ts';
import { encodeAttribute } from '../../../src/packet/encode-attribute.ts';
import type { Granted } from '../../../src/packet/granted.ts';
import type { Returns } from '../../../src/policy/policy.ts';
import { rest, Scratch } from '../config/scratch.ts';

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
    const file = scratch.write('radius.conf', `[[policy]]\nname = "one"\ndecision = "require"\n${lines}\n${rest}`);
    const [policy] = policiesOf(loadConfig(file, {}).config);
    if (!policy) throw new Error('no rule');
    return policy.returns;
  }

  it('nothing, where it says nothing', () => {
    expect(returned(granted, rule(''))).to.deep.equal(granted);
  });

  it('replaces all values of a name by all of its own', () => {
    const own = rule('reply = ["Filter-Id=staff", "filter-id=more"]');
    const [, klass] = granted;
    expect(returned(granted, own)).to.deep.equal([
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
    expect(returned(granted, own)).to.deep.equal([
      ...granted,
      plain('Class', 'mine'),
      plain('Fortinet-Group-Name', 'VPN'),
    ]);
  });

  it("removes, and leaves the vendor's others that came in the same attribute", () => {
    const own = rule('reply_remove = ["Cisco-AVPair", "Filter-Id"]');
    const left = plain('attr-9-2', 'cd');
    expect(returned(granted, own)).to.deep.equal([plain('Class', 'class'), left, key, secret]);
  });

  it('removes the last of a vendor without leaving an empty one', () => {
    expect(returned([pair], rule('reply_remove = ["attr-9-1", "attr-9-2"]'))).to.deep.equal([]);
  });

  it('leaves a Vendor-Specific that is laid out otherwise', () => {
    const odd: Granted = { kind: 'plain', type: 26, value: Buffer.from('000000090109', 'hex') };
    expect(returned([odd], rule('reply_remove = "Cisco-AVPair"'))).to.deep.equal([odd]);
  });

  it('has tags where RFC 2868 has them', () => {
    const own = rule('reply = ["Tunnel-Type=:1:VLAN", "Tunnel-Private-Group-Id=:1:20"]');
    expect(returned([plain('Tunnel-Type', ':2:L2TP')], own)).to.deep.equal([
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
