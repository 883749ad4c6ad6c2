import { expect } from 'chai';
import { nextCode } from '../../../src/cli/demo/next-code.ts';

describe('cli/next-code', () => {
  const period = 30;
  const step = 1000;
  const now = step * 30_000 + 10_000;
  const at = (lastStep: number, window = 1, drift = 0): ReturnType<typeof nextCode> =>
    nextCode({ now, period, lastStep, drift, window });

  it('gives the code of now, good until the window has passed', () => {
    expect(at(-1)).to.deep.equal({ step, wait: 0, good: 50_000, early: false });
    expect(at(step - 1)).to.deep.equal({ step, wait: 0, good: 50_000, early: false });
    expect(at(step - 1, 0)).to.deep.equal({ step, wait: 0, good: 20_000, early: false });
  });

  it('gives the next one once that of now was used, if it is accepted early', () => {
    expect(at(step)).to.deep.equal({ step: step + 1, wait: 0, good: 80_000, early: true });
  });

  it('waits for the first that will be accepted', () => {
    expect(at(step + 1)).to.deep.equal({ step: step + 2, wait: 20_000, good: 90_000, early: true });
    expect(at(step, 0)).to.deep.equal({ step: step + 1, wait: 20_000, good: 30_000, early: true });
  });

  it('offers only what the clock that the token is taken to have allows', () => {
    expect(at(-1, 1, 1)).to.deep.equal({ step, wait: 0, good: 20_000, early: false });
    expect(at(step, 1, -1)).to.deep.equal({ step: step + 1, wait: 20_000, good: 90_000, early: true });
    expect(at(-1, 1, 5)).to.deep.equal({ step: step + 4, wait: 0, good: 20_000, early: true });
  });

  it('does not let one early code after the other carry the clock away', () => {
    expect(at(step + 1, 1, 1)).to.deep.equal({ step: step + 2, wait: 20_000, good: 60_000, early: true });
  });
});
