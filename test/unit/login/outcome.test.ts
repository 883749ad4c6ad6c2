import { expect } from 'chai';
import { outcomes, type Outcome, type OutcomeRow } from '../../../src/login/outcome.ts';

// The compiler refuses this list if an outcome is missing from it.
const every: Readonly<Record<Outcome, OutcomeRow['verdict']>> = {
  accepted: 'accept',
  'factor-not-required': 'accept',
  'not-enrolled-allowed': 'accept',
  'allowed-by-policy': 'accept',
  'not-enrolled-by-policy': 'accept',
  'outage-allowed-by-policy': 'accept',
  'denied-by-policy': 'reject',
  'denied-by-policy-early': 'reject',
  'method-missing': 'reject',
  approved: 'accept',
  'approval-typed': 'challenge',
  'approval-declined': 'reject',
  'approval-fraud': 'reject',
  'approval-unanswered': 'reject',
  'approval-refused': 'reject',
  'call-hung-up': 'reject',
  'call-machine': 'reject',
  'call-busy': 'reject',
  'call-no-answer': 'reject',
  'call-failed': 'reject',
  'approval-needed': 'reject',
  loop: 'reject',
  'code-asked': 'challenge',
  'code-sent': 'challenge',
  'choice-unavailable-last': 'reject',
  'code-missing': 'reject',
  'code-needs-challenge': 'reject',
  'code-sent-apart': 'reject',
  'acl-downloaded': 'accept',
  'acl-missing': 'reject',
  'acl-unsigned': 'reject',
  'app-password-right': 'accept',
  remembered: 'accept',
  'app-password-wrong': 'reject',
  'app-password-paused': 'reject',
  'send-refused': 'challenge',
  'send-refused-last': 'reject',
  'choice-unavailable': 'challenge',
  'turns-over': 'reject',
  'code-only-right': 'accept',
  'code-only-wrong': 'reject',
  'code-only-locked': 'reject',
  'code-wrong': 'challenge',
  'code-used': 'challenge',
  'code-wrong-last': 'reject',
  'code-used-last': 'reject',
  'bypass-used': 'accept',
  locked: 'reject',
  paused: 'reject',
  disabled: 'reject',
  'not-enrolled': 'reject',
  'enrolment-sent': 'reject',
  'enrolment-open': 'reject',
  'name-ambiguous': 'reject',
  'name-lookalike': 'reject',
  'name-invalid': 'reject',
  'name-missing': 'reject',
  'name-unproven': 'reject',
  'password-wrong': 'reject',
  'account-disabled': 'reject',
  'account-expired': 'reject',
  'account-locked': 'reject',
  'account-restricted': 'reject',
  'password-expired': 'reject',
  'not-in-group': 'reject',
  'password-change-refused': 'reject',
  'upstream-rejected': 'reject',
  'upstream-asked': 'challenge',
  'upstream-rounds': 'reject',
  'credential-missing': 'reject',
  'credential-unsupported': 'reject',
  'code-needs-pap': 'reject',
  'state-unknown': 'reject',
  'reply-too-long': 'reject',
  'upstream-unreachable': 'silence',
  'upstream-unasked': 'silence',
  stopping: 'silence',
  'store-failed': 'silence',
  'answer-pending': 'silence',
  'waiting-full': 'silence',
  'internal-error': 'silence',
};
const rows = Object.entries(outcomes) as [Outcome, OutcomeRow][];
const named = (matches: (row: OutcomeRow) => boolean): string[] =>
  rows.filter(([, row]) => matches(row)).map(([outcome]) => outcome);

describe('login/outcome', () => {
  it('has a row for every outcome, and no more', () => {
    expect(Object.keys(outcomes)).to.have.members(Object.keys(every));
  });

  for (const [outcome, verdict] of Object.entries(every))
    it(`${outcome} is ${verdict}`, () => {
      expect(outcomes[outcome as Outcome].verdict).to.equal(verdict);
    });

  it('twelve are accepts, and "unreachable" is none', () => {
    expect(named(({ verdict }) => verdict === 'accept')).to.have.members([
      'accepted',
      'approved',
      'factor-not-required',
      'not-enrolled-allowed',
      'allowed-by-policy',
      'not-enrolled-by-policy',
      'bypass-used',
      'app-password-right',
      'outage-allowed-by-policy',
      'code-only-right',
      'acl-downloaded',
      'remembered',
    ]);
  });

  it('refusals before the primary accepted have one text, so that they tell nothing', () => {
    const early = named((row) => row.early);
    expect(early).to.have.members([
      'name-missing',
      'password-wrong',
      'app-password-wrong',
      'acl-missing',
      'acl-unsigned',
      'app-password-paused',
      'code-only-wrong',
      'code-only-locked',
      'denied-by-policy-early',
      'account-disabled',
      'account-expired',
      'account-locked',
      'account-restricted',
      'password-expired',
      'password-change-refused',
      'upstream-rounds',
      'loop',
      'credential-missing',
      'credential-unsupported',
      'state-unknown',
    ]);
    const texts = new Set(
      early.filter((outcome) => outcome !== 'state-unknown').map((outcome) => outcomes[outcome as Outcome].user),
    );
    expect([...texts]).to.deep.equal(['Login failed.']);
    expect(outcomes['state-unknown'].user).to.equal('Your login has expired. Please log in again.');
  });

  it('every refusal of our own has words for the user, in one attribute; an upstream has its own', () => {
    for (const [outcome, { verdict, user }] of rows) {
      if (verdict !== 'reject' || outcome === 'upstream-rejected') continue;
      expect(user, outcome)
        .to.be.a('string')
        .that.matches(/^[A-Z].*\.$/);
      expect(Buffer.byteLength(user ?? ''), outcome).to.be.at.most(253);
    }
    expect(named(({ verdict, user }) => verdict !== 'reject' && user !== null)).to.deep.equal([]);
  });

  it('every outcome has words for the administrator, each its own', () => {
    const logs = rows.map(([, { log }]) => log);
    for (const log of logs) expect(log.length).to.be.above(10);
    expect(new Set(logs).size).to.equal(logs.length);
  });
});
