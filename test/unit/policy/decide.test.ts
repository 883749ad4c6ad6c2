import { expect } from 'chai';
import type { LockState } from '../../../src/policy/lockout.ts';
import { decide, type Decision, type FactorRule, type Identity, type Method } from '../../../src/policy/decide.ts';

const rules: readonly FactorRule[] = ['required', 'if-enrolled', 'none'];
const known = (
  disabled: boolean,
  lock: LockState,
  methods: readonly Method[],
  bypassId: string | null = null,
  enrolled = methods.length > 0,
): Identity => ({
  kind: 'known',
  hasDevice: false,
  userId: 'u1',
  disabled,
  lock,
  bypassId,
  methods,
  enrolled,
  phone: null,
  email: null,
  language: null,
  preferredWay: null,
  groups: [],
  names: [],
});

/** Identity, then what is decided under required, if-enrolled and none. */
const table: readonly [string, Identity, string, string, string][] = [
  ['unknown', { kind: 'unknown' }, 'deny not-enrolled', 'skip not-enrolled-allowed', 'skip factor-not-required'],
  ['ambiguous', { kind: 'ambiguous' }, 'deny name-ambiguous', 'deny name-ambiguous', 'deny name-ambiguous'],
  ['lookalike', { kind: 'lookalike' }, 'deny name-lookalike', 'deny name-lookalike', 'deny name-lookalike'],
  ['invalid', { kind: 'invalid' }, 'deny name-invalid', 'deny name-invalid', 'deny name-invalid'],
  ['known, enrolled', known(false, 'open', ['totp']), 'require', 'require', 'skip factor-not-required'],
  [
    'known, not enrolled',
    known(false, 'open', []),
    'deny not-enrolled',
    'skip not-enrolled-allowed',
    'skip factor-not-required',
  ],
  [
    'known, enrolled by what cannot be used here',
    known(false, 'open', [], null, true),
    'deny method-missing',
    'deny method-missing',
    'skip factor-not-required',
  ],
  ['locked, enrolled', known(false, 'locked', ['totp']), 'deny locked', 'deny locked', 'skip factor-not-required'],
  ['locked, not enrolled', known(false, 'locked', []), 'deny locked', 'deny locked', 'skip factor-not-required'],
  ['paused, enrolled', known(false, 'paused', ['totp']), 'deny paused', 'deny paused', 'skip factor-not-required'],
  ['paused, not enrolled', known(false, 'paused', []), 'deny paused', 'deny paused', 'skip factor-not-required'],
  ['with a bypass', known(false, 'open', ['totp'], 'b1'), 'bypass', 'bypass', 'skip factor-not-required'],
  ['with a bypass, not enrolled', known(false, 'open', [], 'b1'), 'bypass', 'bypass', 'skip factor-not-required'],
  ['with a bypass, paused', known(false, 'paused', ['totp'], 'b1'), 'bypass', 'bypass', 'skip factor-not-required'],
  ['with a bypass, locked', known(false, 'locked', ['totp'], 'b1'), 'bypass', 'bypass', 'skip factor-not-required'],
  ['with a bypass, disabled', known(true, 'open', ['totp'], 'b1'), 'deny disabled', 'deny disabled', 'deny disabled'],
  ['disabled, enrolled', known(true, 'open', ['totp']), 'deny disabled', 'deny disabled', 'deny disabled'],
  ['disabled, not enrolled', known(true, 'open', []), 'deny disabled', 'deny disabled', 'deny disabled'],
  ['disabled and locked', known(true, 'locked', ['totp']), 'deny disabled', 'deny disabled', 'deny disabled'],
  ['disabled and locked, not enrolled', known(true, 'locked', []), 'deny disabled', 'deny disabled', 'deny disabled'],
];

const told = (decision: Decision): string =>
  'reason' in decision ? `${decision.kind} ${decision.reason}` : decision.kind;

describe('policy/decide', () => {
  for (const [what, identity, ...expected] of table)
    for (const [i, rule] of rules.entries())
      it(`${what}, factor = "${rule}": ${expected[i]}`, () => {
        expect(told(decide(rule, identity))).to.equal(expected[i]);
      });

  it('has a row for every identity there is', () => {
    const rows = table.map(([, identity]) => ({ ...identity, userId: undefined }));
    expect(rows.filter(({ kind }) => kind === 'known')).to.have.length(16);
    expect(new Set(rows.map(({ kind }) => kind))).to.have.all.keys(
      'known',
      'unknown',
      'ambiguous',
      'lookalike',
      'invalid',
    );
  });

  it('what is required is what the user has', () => {
    expect(decide('required', known(false, 'open', ['totp']))).to.deep.equal({
      kind: 'require',
      userId: 'u1',
      methods: ['totp'],
    });
  });

  it('a bypass is that of the user', () => {
    expect(decide('required', known(false, 'open', ['totp'], 'b7'))).to.deep.equal({
      kind: 'bypass',
      userId: 'u1',
      bypassId: 'b7',
    });
  });

  it('a user who has several methods may use any of them', () => {
    expect(decide('required', known(false, 'open', ['totp', 'hotp', 'recovery']))).to.deep.include({
      methods: ['totp', 'hotp', 'recovery'],
    });
  });
});
