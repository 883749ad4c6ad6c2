import { expect } from 'chai';
import { rest, Scratch } from './scratch.ts';

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
