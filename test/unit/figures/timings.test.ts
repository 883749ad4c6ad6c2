import { expect } from 'chai';
import { Timings } from '../../../src/figures/timings.ts';

describe('Timings', () => {
  it('counts in seconds what was given in milliseconds; a bound belongs to its bucket', () => {
    const timings = new Timings([0.01, 0.1, 1]);
    for (const milliseconds of [0, 10, 11, 100, 5_000]) timings.add(milliseconds);
    expect(timings.cumulative()).to.deep.equal([2, 4, 4, 5]);
    expect(timings.count).to.equal(5);
    expect(timings.sum).to.be.closeTo(5.121, 1e-9);
  });
});
