import { expect } from 'chai';
import {
  isHopeful,
  newlyAlive,
  observe,
  probeDownEvery,
  probeRevivingEvery,
  type Liveness,
  type Sign,
} from '../../../src/primary/liveness.ts';

const interval = 30_000;
const start = 1_000_000;

/** Signs at times from the start on, and what is known after the last. */
function after(...signs: readonly (readonly [at: number, sign: Sign])[]): Liveness {
  return signs.reduce((state, [at, sign]) => observe(state, sign, start + at, interval), newlyAlive(start, interval));
}

const silent = (since: number): Sign => ({ kind: 'silent', since: start + since });
const probeSilent = (since: number): Sign => ({ kind: 'probe-silent', since: start + since });
const answered: Sign = { kind: 'answered' };
const probeAnswered: Sign = { kind: 'probe-answered' };
const refused: Sign = { kind: 'refused' };

describe('primary/liveness', () => {
  it('is alive at first, and probed after the interval', () => {
    expect(after()).to.include({ standing: 'alive', probeAt: start + interval, answersProbes: false });
  });

  it('alive -> suspect by one silence, suspect -> dead by the third in a row', () => {
    expect(after([4, silent(0)]).standing).to.equal('suspect');
    expect(after([4, silent(0)], [8, silent(4)]).standing).to.equal('suspect');
    expect(after([4, silent(0)], [8, silent(4)], [9, silent(5)]).standing).to.equal('dead');
  });

  it('any answer to a request makes it alive, and the count starts anew', () => {
    const signs = [
      [4, silent(0)],
      [8, silent(4)],
      [9, silent(5)],
      [10, answered],
    ] as const;
    expect(after(...signs)).to.include({ standing: 'alive', silences: 0, confirmed: false });
    expect(after(...signs, [20, silent(11)]).standing).to.equal('suspect');
  });

  it('is not silent when it answered another request meanwhile', () => {
    expect(after([3, answered], [4, silent(0)])).to.include({ standing: 'alive', silences: 0 });
    expect(after([3, answered], [4, silent(3)]).standing).to.equal('alive');
    expect(after([3, answered], [8, silent(4)]).standing).to.equal('suspect');
  });

  it('a refusal of its host counts as silence, whatever it answered meanwhile', () => {
    expect(after([3, answered], [4, refused]).standing).to.equal('suspect');
    expect(after([4, refused], [5, refused], [6, { kind: 'probe-refused' }]).standing).to.equal('dead');
  });

  it('is hopeful until it is dead, and then from when a request may try it, if nothing else finds it alive', () => {
    const dead = after([4, silent(0)], [8, silent(4)], [9, silent(5)]);
    expect(isHopeful(after([4, silent(0)]), start + 4)).to.equal(true);
    expect(isHopeful(dead, start + 9)).to.equal(false);
    expect(isHopeful(dead, dead.trialAt - 1)).to.equal(false);
    expect(isHopeful(dead, dead.trialAt)).to.equal(true);
    const probed = after([1, probeAnswered], [4, silent(2)], [8, silent(5)], [12, silent(9)]);
    expect(probed.standing).to.equal('dead');
    expect(isHopeful(probed, probed.trialAt)).to.equal(false);
  });

  describe('probes', () => {
    it('are sent at the interval while it is alive, every 3 s while it is not, and the first of those soon', () => {
      expect(after([interval, { kind: 'probing' }]).probeAt).to.equal(start + 2 * interval);
      expect(after([4, silent(0)]).probeAt).to.equal(start + 4 + probeDownEvery);
      expect(after([4, silent(0)], [3_004, { kind: 'probing' }]).probeAt).to.equal(start + 3_004 + probeDownEvery);
    });

    it('make it alive by three answers in a row, a second apart, within 10 s of its return', () => {
      const dead = [
        [4, silent(0)],
        [8, silent(4)],
        [9, silent(5)],
      ] as const;
      const one = after(...dead, [3_000, probeAnswered]);
      expect(one).to.include({ standing: 'dead', good: 1, probeAt: start + 3_000 + probeRevivingEvery });
      expect(after(...dead, [3_000, probeAnswered], [4_000, probeAnswered]).standing).to.equal('dead');
      const three = after(...dead, [3_000, probeAnswered], [4_000, probeAnswered], [5_000, probeAnswered]);
      expect(three).to.include({ standing: 'alive', answersProbes: true, probeAt: start + 5_000 + interval });
      // It comes back just after a probe went out, which is waited for (2 s by default).
      expect(Math.max(probeDownEvery, 2_000) + 2 * (probeRevivingEvery + 2_000)).to.be.lessThan(10_000);
    });

    it('start counting anew after one that was not answered', () => {
      const state = after([4, silent(0)], [1_000, probeAnswered], [2_000, probeAnswered], [5_000, probeSilent(3_000)]);
      expect(state).to.include({ standing: 'suspect', good: 0 });
    });

    it('that were never answered mean nothing, however many: NPS is like that', () => {
      const state = after(...Array.from({ length: 10 }, (_, i) => [i * 10 + 9, probeSilent(i * 10)] as const));
      expect(state).to.include({ standing: 'alive', silences: 0 });
    });

    it('alone never make it dead, only suspect', () => {
      const silences = Array.from({ length: 10 }, (_, i) => [i * 10 + 109, probeSilent(i * 10 + 100)] as const);
      const state = after([1, probeAnswered], ...silences);
      expect(state).to.include({ standing: 'suspect', confirmed: false });
      // A request may try it although the probes go on unanswered.
      expect(state.trialAt).to.equal(start + 109 + interval);
    });

    it('and a request make it dead', () => {
      const signs = [
        [1, probeAnswered],
        [109, probeSilent(100)],
        [119, probeSilent(110)],
        [130, silent(120)],
      ] as const;
      expect(after(...signs).standing).to.equal('dead');
    });

    it('are not minded any more once it answers a request and not them', () => {
      const state = after([1, probeAnswered], [109, probeSilent(100)], [120, answered]);
      expect(state).to.include({ standing: 'alive', answersProbes: false });
      expect(observe(state, probeSilent(130), start + 140, interval).standing).to.equal('alive');
    });

    it('that one was not answered while a request was, is no silence', () => {
      expect(after([1, probeAnswered], [105, answered], [109, probeSilent(100)]).standing).to.equal('alive');
    });
  });

  describe('trials by a request', () => {
    it('come an interval after its silence, and an interval after each other', () => {
      expect(after([4, silent(0)]).trialAt).to.equal(start + 4 + interval);
      expect(after([4, silent(0)], [40_000, { kind: 'trial' }]).trialAt).to.equal(start + 40_000 + interval);
    });

    it('are ten times as seldom where probes tell of its return', () => {
      const state = after([1, probeAnswered], [14, silent(10)]);
      expect(state.trialAt).to.equal(start + 14 + 10 * interval);
    });
  });
});
