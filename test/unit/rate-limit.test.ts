import { expect } from 'chai';
import { RateLimit } from '../../src/rate-limit.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('the rate limit of the pages', () => {
  const make = (addresses = 10): { readonly limit: RateLimit; readonly clock: FakeClock } => {
    const clock = new FakeClock();
    return { clock, limit: new RateLimit({ clock, most: 2, window: 60_000, addresses }) };
  };
  const ask = (limit: RateLimit, ...addresses: readonly string[]): readonly boolean[] =>
    addresses.map((address) => limit.admits(address));

  it('counts each address by itself', () => {
    const { limit } = make();
    expect(ask(limit, '192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2')).to.deep.equal([true, true, false, true]);
  });

  it('begins anew after the window, which further requests do not make longer', () => {
    const { limit, clock } = make();
    expect(ask(limit, '192.0.2.1', '192.0.2.1')).to.deep.equal([true, true]);
    clock.pass(59_999);
    expect(ask(limit, '192.0.2.1')).to.deep.equal([false]);
    clock.pass(1);
    expect(ask(limit, '192.0.2.1')).to.deep.equal([true]);
  });

  it('does not count what was given back', () => {
    const { limit } = make();
    limit.giveBack('192.0.2.1');
    expect(ask(limit, '192.0.2.1', '192.0.2.1')).to.deep.equal([true, true]);
    limit.giveBack('192.0.2.1');
    expect(ask(limit, '192.0.2.1', '192.0.2.1')).to.deep.equal([true, false]);
  });

  it('counts a /64 of IPv6 as one', () => {
    const { limit } = make();
    expect(ask(limit, '2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1', 'fe80::1%eth0')).to.deep.equal([
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  it('still bounds those it knows when it is full, and lets others in', () => {
    const { limit } = make(1);
    expect(ask(limit, '192.0.2.1', '192.0.2.2', '192.0.2.2', '192.0.2.2')).to.deep.equal([true, true, true, true]);
    expect(ask(limit, '192.0.2.1', '192.0.2.1')).to.deep.equal([true, false]);
  });
});
