import { expect } from 'chai';
import * as fc from 'fast-check';
import { decideBy } from '../../../src/policy/decide-by.ts';
import type { Way } from '../../../src/policy/choice.ts';
import type { Identity } from '../../../src/policy/decide.ts';
import { foldGroup, userGroups } from '../../../src/policy/fold-group.ts';
import { localTime } from '../../../src/policy/local-time.ts';
import {
  firstMatch,
  firstRefusal,
  judge,
  type Conditions,
  type Policy,
  type PolicyFacts,
  type Protocol,
} from '../../../src/policy/policy.ts';
import { shareOf } from '../../../src/policy/share.ts';
import { aPolicy, folded, withConditions } from '../../support/a-policy.ts';

const from = { vendor: 0, type: 31, value: Buffer.from('10.1.2.3') };
/** A Wednesday. */
const noon = Date.parse('2027-01-13T12:00:00Z');

const facts: PolicyFacts = {
  client: 'vpn',
  primary: 'nps',
  realms: undefined,
  realm: undefined,
  names: folded('alice'),
  groups: userGroups(['VPN users', 'cn=Staff,dc=corp,dc=example']),
  enrolled: true,
  address: '10.1.2.3',
  trustsAddress: true,
  protocol: 'pap',
  attributes: [{ vendor: 0, type: 61, value: Buffer.of(0, 0, 0, 5) }],
  vouched: false,
  share: 20,
  now: noon,
};

const virtual = { vendor: 0, type: 61, value: Buffer.of(0, 0, 0, 5) };
const async = { vendor: 0, type: 61, value: Buffer.of(0, 0, 0, 0) };

const realms = { realms: [{ suffix: 'partner.example', primary: 'partner' }], primary: 'nps' };
/** Logins of the partner's alice, of ours, and by either name of one who has both. */
const partners = { realms, realm: 'partner.example', names: folded('alice@partner.example') };
const ours = { realms, realm: undefined, names: folded('CORP\\alice') };
const both = folded('alice', 'alice@partner.example');

/** What a rule is about, of whom, and whether one that refuses holds and one that opens does. */
const table: readonly (readonly [string, Partial<Conditions>, Partial<PolicyFacts>, boolean, boolean])[] = [
  ['no condition', {}, {}, true, true],
  ['its client', { client: ['ssh', 'vpn'] }, {}, true, true],
  ['another client', { client: ['ssh'] }, {}, false, false],
  ['the user in another spelling', { user: folded('CORP\\ALICE') }, {}, true, true],
  ['the primary', { primary: ['local', 'nps'] }, {}, true, true],
  ['another primary', { primary: ['local'] }, {}, false, false],
  ['the user in any domain', { user: folded('alice') }, ours, true, true],
  ['the user with another domain, outside of realms', { user: folded('alice@corp.example') }, ours, true, true],
  ['the user in any domain, of a realm', { user: folded('alice') }, partners, true, false],
  ['the user with a domain, of a realm', { user: folded('alice@corp.example') }, partners, false, false],
  ['the user of a realm', { user: folded('PARTNER.example\\alice') }, partners, true, true],
  ['the user of a realm by a subdomain', { user: folded('alice@sub.partner.example') }, partners, true, true],
  ['the user of a realm by her very name', { user: folded('Alice@partner.example') }, partners, true, true],
  ['the user of a realm, outside of it', { user: folded('alice@partner.example') }, ours, false, false],
  [
    'what a directory could take for one of a realm',
    { user: folded('al\u00edce@partner.example') },
    partners,
    true,
    false,
  ],
  ['one with both names, by the one', { user: folded('alice@partner.example') }, { ...ours, names: both }, true, true],
  ['by the other', { user: folded('alice') }, { ...partners, names: both }, true, true],
  [
    'by another spelling of the one, in a login by the other',
    { user: folded('alice@sub.partner.example') },
    { ...ours, names: both },
    true,
    false,
  ],
  ['all but the user in any domain, of a realm', { notUser: folded('alice') }, partners, true, false],
  ['all but the user with a domain, of a realm', { notUser: folded('alice@corp.example') }, partners, true, true],
  ['another user', { user: folded('bob') }, {}, false, false],
  ['what a directory could take for the user', { user: folded('alíce') }, {}, true, false],
  ['all but the user', { notUser: folded('alice') }, {}, false, false],
  ['all but what a directory could take for the user', { notUser: folded('alíce') }, {}, true, false],
  ['no name known', { user: folded('alice') }, { names: [] }, false, false],
  ['the group in another case', { group: ['vpn USERS'].map(foldGroup) }, {}, true, true],
  [
    'the group by its DN, written otherwise',
    { group: ['CN = staff, dc=Corp , DC=\\65xample'].map(foldGroup) },
    {},
    true,
    true,
  ],
  [
    'all but the own group, by its DN written otherwise',
    { notGroup: ['CN=Staff, DC=corp, DC=example'].map(foldGroup) },
    {},
    false,
    false,
  ],
  ['another group by its DN', { group: ['CN=Staff,OU=Old,DC=corp,DC=example'].map(foldGroup) }, {}, false, false],
  ['the group by its DN', { group: ['CN=Staff,DC=corp,DC=example'].map(foldGroup) }, {}, true, true],
  ['another group', { group: ['Pilot'].map(foldGroup) }, {}, false, false],
  ['groups not known', { group: ['VPN users'].map(foldGroup) }, { groups: undefined }, true, false],
  ['all but a group', { notGroup: ['Pilot'].map(foldGroup) }, {}, true, true],
  ['all but the own group', { notGroup: ['VPN users'].map(foldGroup) }, {}, false, false],
  ['all but a group, groups not known', { notGroup: ['Pilot'].map(foldGroup) }, { groups: undefined }, true, false],
  ['the network', { network: ['192.0.2.0/24', '10.0.0.0/8'] }, {}, true, true],
  ['the one address', { network: ['10.1.2.3'] }, {}, true, true],
  ['another network', { network: ['192.0.2.0/24'] }, {}, false, false],
  [
    'another network, of a client that is not trusted',
    { network: ['192.0.2.0/24'] },
    { trustsAddress: false },
    false,
    false,
  ],
  ['another family', { network: ['::/0'] }, {}, false, false],
  ['IPv6', { network: ['2001:db8::/32'] }, { address: '2001:db8::1' }, true, true],
  ['the network, of a client that is not trusted', { network: ['10.0.0.0/8'] }, { trustsAddress: false }, true, false],
  ['the network, address not known', { network: ['10.0.0.0/8'] }, { address: undefined }, false, false],
  ['outside a network', { notNetwork: ['192.0.2.0/24'] }, {}, true, true],
  ['inside it', { notNetwork: ['10.0.0.0/8'] }, {}, false, false],
  [
    'inside it, says a client that is not trusted',
    { notNetwork: ['10.0.0.0/8'] },
    { trustsAddress: false },
    true,
    false,
  ],
  ['outside, address not known', { notNetwork: ['10.0.0.0/8'] }, { address: undefined }, true, false],
  ['the protocol', { protocol: ['eap', 'pap'] }, {}, true, true],
  ['another protocol', { protocol: ['eap'] }, {}, false, false],
  ['an attribute', { attribute: [virtual] }, {}, true, true],
  ['an attribute with another value', { attribute: [async] }, {}, false, false],
  [
    'where from, of a client that is not trusted',
    { attribute: [from] },
    { attributes: [from], trustsAddress: false },
    true,
    false,
  ],
  ['where from', { attribute: [from] }, { attributes: [from] }, true, true],
  ['two attributes, one missing', { attribute: [virtual, async] }, {}, false, false],
  ['who is enrolled', { enrolled: true }, {}, true, true],
  ['who is not', { enrolled: false }, {}, false, false],
  ['who is not, not known', { enrolled: false }, { enrolled: undefined }, true, false],
  ['the day of the week', { days: [3] }, {}, true, true],
  ['another day', { days: [0, 6] }, {}, false, false],
  ['within hours', { hours: [{ from: 12 * 60, to: 13 * 60 }] }, {}, true, true],
  ['at their end', { hours: [{ from: 11 * 60, to: 12 * 60 }] }, {}, false, false],
  ['over midnight', { hours: [{ from: 22 * 60, to: 6 * 60 }] }, { now: noon - 9 * 3_600_000 }, true, true],
  ['over midnight, by day', { hours: [{ from: 22 * 60, to: 6 * 60 }] }, {}, false, false],
  ['from today', { from: '2027-01-13' }, {}, true, true],
  ['from tomorrow', { from: '2027-01-14' }, {}, false, false],
  ['until tomorrow', { until: '2027-01-14' }, {}, true, true],
  ['until today', { until: '2027-01-13' }, {}, false, false],
  ['one of 21 percent', { percent: 21 }, {}, true, true],
  ['one beyond 20 percent', { percent: 20 }, {}, false, false],
  ['vouched for by the client alone', {}, { vouched: true }, true, false],
  ['one condition of two', { client: ['vpn'], protocol: ['eap'] }, {}, false, false],
];

describe('policy', () => {
  for (const [title, conditions, own, refuses, allows] of table)
    it(title, () => {
      const found = (decision: Policy['decision']): boolean =>
        judge(withConditions(aPolicy(decision), conditions), { ...facts, ...own }).matches;
      expect(found('deny'), 'a rule that refuses').to.equal(refuses);
      expect(found('require'), 'a rule that asks').to.equal(refuses);
      expect(found('allow'), 'a rule that opens').to.equal(allows);
    });

  it('tells of each condition whether it holds', () => {
    const rule = withConditions(aPolicy('deny'), { client: ['vpn'], protocol: ['eap'] });
    expect(judge(rule, facts).findings).to.deep.equal([
      { condition: 'client', holds: true },
      { condition: 'protocol', holds: false },
    ]);
  });

  it('days and hours are those of the time zone, in summer time too', () => {
    const at = Date.parse('2027-07-01T22:30:00Z');
    expect(localTime(at, 'Europe/Paris')).to.deep.equal({ day: '2027-07-02', weekday: 5, minute: 30 });
    expect(localTime(at, 'UTC')).to.deep.equal({ day: '2027-07-01', weekday: 4, minute: 22 * 60 + 30 });
  });

  it('a share is the same always, and even', () => {
    expect(shareOf('u1')).to.equal(shareOf('u1'));
    const inside = Array.from({ length: 5_000 }, (_, i) => shareOf(`user-${i}`)).filter((share) => share < 20).length;
    expect(inside).to.be.within(900, 1_100);
  });

  it('a larger percentage takes nobody out, and a hundred takes all', () => {
    const policy = (percent: number): Policy => withConditions(aPolicy('require'), { percent });
    const percentage = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(fc.string(), percentage, percentage, (user, a, b) => {
        const of = { ...facts, share: shareOf(user) };
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        if (judge(policy(small), of).matches) expect(judge(policy(large), of).matches).to.equal(true);
        expect(judge(policy(100), of).matches).to.equal(true);
      }),
    );
  });

  const known = (own: Partial<Extract<Identity, { kind: 'known' }>>): Identity => ({
    kind: 'known',
    hasDevice: false,
    userId: 'u1',
    disabled: false,
    lock: 'open',
    bypassId: null,
    methods: ['totp', 'recovery'],
    enrolled: true,
    phone: null,
    email: null,
    language: null,
    preferredWay: null,
    groups: [],
    names: ['alice'],
    ...own,
  });
  const open: Policy = { ...aPolicy('require'), unenrolled: 'allow', unenrolledUntil: '2027-01-14' };

  for (const [title, rule, identity, expected] of [
    ['asks', aPolicy('require'), known({}), 'require'],
    ['asks in place of factor = "none"', aPolicy('require'), known({ methods: [], enrolled: false }), 'not-enrolled'],
    ['opens', aPolicy('allow'), known({ lock: 'locked' }), 'allowed-by-policy'],
    ['opens to no disabled user', aPolicy('allow'), known({ disabled: true }), 'disabled'],
    ['opens to no ambiguous name', aPolicy('allow'), { kind: 'ambiguous' }, 'name-ambiguous'],
    ['opens to no lookalike', aPolicy('allow'), { kind: 'lookalike' }, 'name-lookalike'],
    ['opens to no invalid name', aPolicy('allow'), { kind: 'invalid' }, 'name-invalid'],
    ['refuses, bypass or not', aPolicy('deny'), known({ bypassId: 'b1' }), 'denied-by-policy'],
    ['opens to who has no method', open, known({ methods: [], enrolled: false }), 'not-enrolled-by-policy'],
    ['opens to who is not known', open, { kind: 'unknown' }, 'not-enrolled-by-policy'],
    ['asks who has one', open, known({}), 'require'],
    [
      'refuses from its day on',
      { ...open, unenrolledUntil: '2027-01-13' },
      known({ methods: [], enrolled: false }),
      'not-enrolled',
    ],
    ['opens not for lack of a certain method', { ...open, ways: ['sms'] as const }, known({}), 'method-missing'],
  ] as const satisfies readonly (readonly [string, Policy, Identity, string])[])
    it(`a rule ${title}`, () => {
      const decision = decideBy(rule, 'none', identity, noon);
      expect('reason' in decision ? decision.reason : decision.kind).to.equal(expected);
    });

  it('a recovery code counts beside the methods of a rule', () => {
    const decision = decideBy(
      { ...aPolicy('require'), ways: ['app'] },
      'none',
      known({ methods: ['totp', 'sms', 'recovery'] }),
      noon,
    );
    expect(decision).to.deep.equal({ kind: 'require', userId: 'u1', methods: ['totp', 'recovery'] });
  });

  describe('properties', () => {
    // Most rules have few conditions.
    const some = <T>(...values: T[]): fc.Arbitrary<T | undefined> =>
      fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
    const policies: fc.Arbitrary<readonly Policy[]> = fc.array(
      fc.record({
        name: fc.string(),
        timeZone: fc.constantFrom<string[]>('UTC', 'Asia/Tokyo'),
        decision: fc.constantFrom<Policy['decision'][]>('require', 'allow', 'deny'),
        ways: some<readonly Way[]>(['sms']),
        unenrolled: fc.constantFrom<('deny' | 'allow')[]>('deny', 'allow'),
        unenrolledUntil: some('2027-01-01', '2027-02-01'),
        text: some('text'),
        opensOnOutage: fc.boolean(),
        returns: fc.constant({ replaced: [], byGroup: [], added: [], removed: [] }),
        conditions: fc.record({
          client: some(['vpn'], ['ssh']),
          primary: some(['nps']),
          user: some(folded('alice'), folded('bob')),
          notUser: some(folded('alice')),
          group: some(['Staff'].map(foldGroup)),
          notGroup: some(['Staff'].map(foldGroup)),
          network: some(['10.0.0.0/8']),
          notNetwork: some(['10.0.0.0/8']),
          protocol: some<readonly Protocol[]>(['pap']),
          attribute: some([virtual]),
          enrolled: some(true, false),
          days: some([3]),
          hours: some([{ from: 0, to: 600 }]),
          from: some('2027-01-10'),
          until: some('2027-01-10'),
          percent: some(50),
        }),
      }),
      { maxLength: 6 },
    );
    const anyFacts: fc.Arbitrary<PolicyFacts> = fc.record({
      client: fc.constantFrom('vpn', 'ssh'),
      primary: fc.constantFrom('nps', 'partner'),
      realms: fc.constant(undefined),
      realm: fc.constant(undefined),
      names: fc.constantFrom(folded('alice'), folded('Bob@corp'), folded('alíce')),
      groups: fc.constantFrom(undefined, userGroups([]), userGroups(['staff'])),
      enrolled: fc.constantFrom(undefined, false, true),
      address: fc.constantFrom(undefined, '10.0.0.1', '192.0.2.1'),
      trustsAddress: fc.boolean(),
      protocol: fc.constantFrom<Protocol[]>('pap', 'eap'),
      attributes: fc.constantFrom([], [virtual]),
      vouched: fc.boolean(),
      share: fc.integer({ min: 0, max: 99 }),
      now: fc.constantFrom(noon, noon - 86_400_000 * 5),
    });
    const identities = fc.constantFrom<Identity[]>(
      known({}),
      known({ methods: [], enrolled: false }),
      { kind: 'unknown' },
      { kind: 'lookalike' },
    );

    it('nothing is let in without a factor but by a rule that says so', () => {
      let opened = 0;
      fc.assert(
        fc.property(policies, anyFacts, identities, (rules, one, identity) => {
          const rule = firstMatch(rules, one);
          const decision = decideBy(rule, 'required', identity, one.now);
          if (decision.kind !== 'skip') return;
          opened++;
          expect(rule && (rule.decision === 'allow' || rule.unenrolled === 'allow')).to.equal(true);
          expect(rules).to.include(rule);
          expect(one.vouched).to.equal(false);
        }),
        { numRuns: 5_000 },
      );
      expect(opened).to.be.above(50);
    });

    it('no rule that is uncertain hides one that refuses, in whatever order', () => {
      let refused = 0;
      let passed = 0;
      const known = anyFacts.map(({ groups, enrolled, ...one }) => ({
        ...one,
        groups: groups ?? userGroups([]),
        enrolled: enrolled ?? false,
      }));
      fc.assert(
        fc.property(policies, known, fc.boolean(), fc.boolean(), (rules, one, knowsGroups, knowsEnrolled) => {
          const { groups, enrolled } = one;
          const less = {
            ...one,
            groups: knowsGroups ? groups : undefined,
            enrolled: knowsEnrolled ? enrolled : undefined,
          };
          const found = firstRefusal(rules, less);
          const isRefused = firstMatch(rules, one)?.decision === 'deny';
          if (isRefused) expect(found?.decision).to.equal('deny');
          if (isRefused) refused++;
          else if (!found) passed++;
        }),
        { numRuns: 5_000 },
      );
      expect(refused, 'refused among the runs').to.be.above(100);
      expect(passed, 'let pass among the runs').to.be.above(100);
    });

    it('the first that holds decides, and what is behind a rule for everyone changes nothing', () => {
      fc.assert(
        fc.property(policies, policies, anyFacts, (rules, more, one) => {
          const found = firstMatch(rules, one);
          const at = found ? rules.indexOf(found) : rules.length;
          expect(rules.slice(0, at).some((rule) => judge(rule, one).matches)).to.equal(false);
          const closed = [...rules, aPolicy('deny')];
          expect(firstMatch([...closed, ...more], one)).to.equal(firstMatch(closed, one));
        }),
        { numRuns: 3_000 },
      );
    });
  });
});
