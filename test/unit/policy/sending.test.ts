import { expect } from 'chai';
import * as fc from 'fast-check';
import { countryPrefix, longestPrefix } from '../../../src/policy/country-prefix.ts';
import { limitedUntil, mayCall, partOf, type SendCount } from '../../../src/policy/sending.ts';

describe('policy/sending', () => {
  it('never lets more through in any window, and again once it says so', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 7 }), (waits, most) => {
        const rate = { most, window: 300_000 };
        const counts = new Map<number, number>();
        const sent: number[] = [];
        let now = 1_000_000_000;
        for (const wait of waits) {
          now += wait;
          const rows = Array.from(counts, ([part, count]): SendCount => ({ part, count }));
          const until = limitedUntil(rate, rows, now);
          if (until === undefined) {
            sent.push(now);
            counts.set(partOf(rate, now), (counts.get(partOf(rate, now)) ?? 0) + 1);
            expect(sent.filter((at) => at > now - rate.window).length).to.be.at.most(most);
          } else {
            expect(until).to.be.greaterThan(now);
            expect(limitedUntil(rate, rows, until)).to.equal(undefined);
            expect(limitedUntil(rate, rows, until - 1)).not.to.equal(undefined);
          }
        }
      }),
    );
  });

  it('sends to what is allowed and not denied', () => {
    expect(mayCall('+33612345612', { allow: [], deny: [] })).to.equal(true);
    expect(mayCall('+33612345612', { allow: ['+41'], deny: [] })).to.equal(false);
    expect(mayCall('+33812345612', { allow: ['+33'], deny: ['+338'] })).to.equal(false);
  });

  it('knows country codes of one to three digits, and the longest prefix', () => {
    const numbers = ['+15551234567', '+79161234567', '+33612345612', '+41791234567', '+352621123456', '+998901234567'];
    expect(numbers.map(countryPrefix)).to.deep.equal(['+1', '+7', '+33', '+41', '+352', '+998']);
    expect(longestPrefix('+41791234567', ['', '+4', '+417', '+33'])).to.equal('+417');
  });
});
