import { expect } from 'chai';
import { Tally } from '../../../src/figures/tally.ts';

describe('Tally', () => {
  it('counts each kind by itself', () => {
    const tally = new Tally(['client', 'code']);
    tally.add('vpn', 'Access-Request');
    tally.add('vpn', 'Access-Request');
    tally.add('vpn', 'Status-Server');
    expect(tally.counted()).to.deep.equal([
      { values: ['vpn', 'Access-Request'], count: 2 },
      { values: ['vpn', 'Status-Server'], count: 1 },
    ]);
    expect([tally.of('vpn', 'Access-Request'), tally.of('nobody', 'Access-Request')]).to.deep.equal([2, 0]);
  });

  it('counts what is declared from 0 on, and never anew', () => {
    const tally = new Tally(['reason']);
    for (let i = 0; i < 2; i++) {
      tally.declare('overloaded');
      expect(tally.counted()).to.deep.equal([{ values: ['overloaded'], count: i }]);
      tally.add('overloaded');
    }
  });

  it('counts the names of Object too', () => {
    const tally = new Tally(['reason']);
    for (const name of ['constructor', '__proto__']) tally.add(name);
    expect(tally.counted().map(({ values }) => values[0])).to.deep.equal(['constructor', '__proto__']);
  });

  it('counts what is beyond its bound as one kind, and loses none', () => {
    const tally = new Tally(['client', 'code']);
    for (let i = 0; i < 6_000; i++) tally.add(`client${i}`, 'Access-Request');
    const counted = tally.counted();
    expect(counted.length).to.equal(5_001);
    expect(counted.at(-1)).to.deep.equal({ values: ['other', 'other'], count: 1_000 });
  });
});
