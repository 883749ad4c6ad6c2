import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  admit,
  lockState,
  pausedUntil,
  type Admission,
  type LockoutRules,
  type LockRecord,
  type LockState,
} from '../../../src/policy/lockout.ts';

const now = 1_000_000;
const rules: LockoutRules = { failures: 5, pauseAfter: 3, pause: 60_000, repeatWindow: 10_000 };
const record = (failures: number, own: Partial<LockRecord> = {}): LockRecord => ({
  failures,
  pausedUntil: null,
  lastAt: null,
  ...own,
});

describe('policy/lockout', () => {
  const states: readonly [string, LockRecord, Partial<LockoutRules>, LockState][] = [
    ['nothing wrong yet', record(0), {}, 'open'],
    ['one below the limit', record(4), {}, 'open'],
    ['at the limit', record(5), {}, 'locked'],
    ['beyond it, since it was lowered', record(50), {}, 'locked'],
    ['a pause that goes on', record(3, { pausedUntil: now + 1 }), {}, 'paused'],
    ['a pause of a node whose clock is ahead', record(3, { pausedUntil: now + 60_000 + 60_000 }), {}, 'paused'],
    ['a pause begun before the clock was set back', record(3, { pausedUntil: now + 60_000 + 60_001 }), {}, 'open'],
    ['the limit before the clock was set back', record(5, { pausedUntil: 1e12 }), {}, 'locked'],
    ['the end of a pause', record(3, { pausedUntil: now }), {}, 'open'],
    ['a pause that is long over', record(3, { pausedUntil: 1 }), {}, 'open'],
    ['a pause and the limit', record(5, { pausedUntil: now + 1 }), {}, 'locked'],
    ['a pause although none is configured any more', record(3, { pausedUntil: now + 1 }), { pauseAfter: 0 }, 'paused'],
    ['99 of a limit of 1,000', record(99), { failures: 1_000 }, 'open'],
    ['100 of a limit of 1,000', record(100), { failures: 1_000 }, 'locked'],
    ['a limit of one', record(0), { failures: 1 }, 'open'],
    ['one of a limit of one', record(1), { failures: 1 }, 'locked'],
  ];
  for (const [what, own, change, expected] of states)
    it(`${what}: ${expected}`, () => {
      expect(lockState(own, { ...rules, ...change }, now)).to.equal(expected);
    });

  const counted = (failures: number): Admission => ({ kind: 'counted', failures });
  const admissions: readonly [string, LockRecord, boolean, Partial<LockoutRules>, Admission][] = [
    ['the first answer', record(0), false, {}, counted(1)],
    ['the one that reaches the limit', record(4), false, {}, counted(5)],
    ['one beyond it', record(5), false, {}, { kind: 'locked' }],
    ['one in a pause', record(3, { pausedUntil: now + 1 }), false, {}, { kind: 'paused' }],
    ['the same again at once', record(1, { lastAt: now }), true, {}, { kind: 'repeat' }],
    ['the same again at the end of the window', record(1, { lastAt: now - 9_999 }), true, {}, { kind: 'repeat' }],
    ['the same again after it', record(1, { lastAt: now - 10_000 }), true, {}, counted(2)],
    ['the same again, the clock set back', record(1, { lastAt: now + 9_999 }), true, {}, { kind: 'repeat' }],
    ['the same again, the clock set far back', record(1, { lastAt: now + 10_000 }), true, {}, counted(2)],
    ['the same again with no window', record(1, { lastAt: now }), true, { repeatWindow: 0 }, counted(2)],
    ['another one within the window', record(1, { lastAt: now }), false, {}, counted(2)],
    ['the same as an answer of no known time', record(1), true, {}, counted(2)],
    ['the same again when locked', record(5, { lastAt: now }), true, {}, { kind: 'locked' }],
    ['the same again in a pause', record(3, { lastAt: now, pausedUntil: now + 1 }), true, {}, { kind: 'paused' }],
  ];
  for (const [what, own, isLast, change, expected] of admissions)
    it(`${what}: ${Object.values(expected).join(' ')}`, () => {
      expect(admit(own, isLast, { ...rules, ...change }, now)).to.deep.equal(expected);
    });

  for (const [failures, pauseAfter, expected] of [
    [2, 3, null],
    [3, 3, now + 60_000],
    [4, 3, now + 60_000],
    [1, 1, now + 60_000],
    [1, 0, null],
    [99, 0, null],
  ] as const)
    it(`the wrong answer ${failures}, pauses from ${pauseAfter} on: ${expected === null ? 'no' : 'a'} pause`, () => {
      expect(pausedUntil(failures, { ...rules, pauseAfter }, now)).to.equal(expected);
    });

  it('never are more wrong answers compared than the limit, and never more than 100, in any order and at any time', () => {
    const anyRules = fc.record({
      failures: fc.oneof(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 2 ** 31 })),
      pauseAfter: fc.integer({ min: 0, max: 120 }),
      pause: fc.integer({ min: 0, max: 86_400_000 }),
      repeatWindow: fc.integer({ min: 0, max: 60_000 }),
    });
    const answers = fc.array(fc.tuple(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 120,
      maxLength: 300,
      size: 'max',
    });
    let locked = 0;
    fc.assert(
      fc.property(anyRules, answers, (own, guesses) => {
        let known = record(0);
        let time = now;
        let last = -1;
        let compared = 0;
        for (const [later, guess] of guesses) {
          time += later;
          const admission = admit(known, guess === last, own, time);
          if (admission.kind === 'locked') locked++;
          if (admission.kind !== 'counted') continue;
          compared++;
          const { failures } = admission;
          expect(failures, 'counted before it is compared').to.equal(compared);
          known = { failures, pausedUntil: pausedUntil(failures, own, time), lastAt: time };
          last = guess;
        }
        expect(compared).to.be.at.most(Math.min(own.failures, 100));
      }),
      { numRuns: 500 },
    );
    expect(locked, 'locks among the runs').to.be.above(100);
  });
});
