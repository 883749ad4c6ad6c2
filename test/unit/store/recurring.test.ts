import { expect } from 'chai';
import { Recurring } from '../../../src/store/recurring.ts';

describe('store: recurring texts', () => {
  it('knows those that came twice, and takes no other for one of them', () => {
    const recurring = new Recurring();
    const names = Array.from({ length: 100_000 }, (_, i) => `user${i}@corp.example`);
    for (const name of names) recurring.add(name);
    for (const name of names.slice(5_000, 5_100)) recurring.add(name);
    expect(names.filter(recurring.found() ?? expect.fail('none'))).to.deep.equal(names.slice(5_000, 5_100));
  });

  it('knows where there are none', () => {
    const recurring = new Recurring();
    for (const name of ['alice', 'alicf', 'Alice', '']) recurring.add(name);
    expect(recurring.found()).to.equal(undefined);
  });
});
