import { expect } from 'chai';
import { decide, type Decision, type FactorRule, type Identity, type Method } from '../../../src/policy/decide.ts';

const rules: readonly FactorRule[] = ['required', 'if-enrolled', 'none'];
const known = (disabled: boolean, locked: boolean, methods: readonly Method[]): Identity => ({
  kind: 'known',
  userId: 'u1',
  disabled,
  locked,
  methods,
});

/** Identity, then what is decided under required, if-enrolled and none. */
const table: readonly [string, Identity, string, string, string][] = [
  ['unknown', { kind: 'unknown' }, 'deny not-enrolled', 'skip not-enrolled-allowed', 'skip factor-not-required'],
  ['ambiguous', { kind: 'ambiguous' }, 'deny name-ambiguous', 'deny name-ambiguous', 'deny name-ambiguous'],
  ['lookalike', { kind: 'lookalike' }, 'deny name-lookalike', 'deny name-lookalike', 'deny name-lookalike'],
  ['invalid', { kind: 'invalid' }, 'deny name-invalid', 'deny name-invalid', 'deny name-invalid'],
  ['known, enrolled', known(false, false, ['totp']), 'require', 'require', 'skip factor-not-required'],
  [
    'known, not enrolled',
    known(false, false, []),
    'deny not-enrolled',
    'skip not-enrolled-allowed',
    'skip factor-not-required',
  ],
  ['locked, enrolled', known(false, true, ['totp']), 'deny locked', 'deny locked', 'skip factor-not-required'],
  ['locked, not enrolled', known(false, true, []), 'deny locked', 'deny locked', 'skip factor-not-required'],
  ['disabled, enrolled', known(true, false, ['totp']), 'deny disabled', 'deny disabled', 'deny disabled'],
  ['disabled, not enrolled', known(true, false, []), 'deny disabled', 'deny disabled', 'deny disabled'],
  ['disabled and locked', known(true, true, ['totp']), 'deny disabled', 'deny disabled', 'deny disabled'],
  ['disabled and locked, not enrolled', known(true, true, []), 'deny disabled', 'deny disabled', 'deny disabled'],
];

const told = (decision: Decision): string =>
  decision.kind === 'require' ? 'require' : `${decision.kind} ${decision.reason}`;

describe('policy/decide', () => {
  for (const [what, identity, ...expected] of table)
    for (const [i, rule] of rules.entries())
      it(`${what}, factor = "${rule}": ${expected[i]}`, () => {
        expect(told(decide(rule, identity))).to.equal(expected[i]);
      });

  it('has a row for every identity there is', () => {
    const rows = table.map(([, identity]) => ({ ...identity, userId: undefined }));
    expect(rows.filter(({ kind }) => kind === 'known')).to.have.length(8);
    expect(new Set(rows.map(({ kind }) => kind))).to.have.all.keys(
      'known',
      'unknown',
      'ambiguous',
      'lookalike',
      'invalid',
    );
  });

  it('what is required is what the user has', () => {
    expect(decide('required', known(false, false, ['totp']))).to.deep.equal({
      kind: 'require',
      userId: 'u1',
      methods: ['totp'],
    });
  });
});
