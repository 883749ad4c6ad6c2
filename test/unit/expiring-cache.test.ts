import { expect } from 'chai';
import { ExpiringCache } from '../../src/expiring-cache.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('ExpiringCache', () => {
  const lifetime = 1_000;
  let clock: FakeClock;
  let ended: string[];
  let cache: ExpiringCache<string>;
  beforeEach(() => {
    clock = new FakeClock();
    ended = [];
    cache = new ExpiringCache({ max: 3, lifetime, clock, onExpired: (value) => ended.push(value) });
  });

  it('gives an entry until its end, and not at it', () => {
    cache.set('a', 'one');
    clock.pass(lifetime - 1);
    expect(cache.get('a')).to.equal('one');
    clock.pass(1);
    expect(cache.get('a')).to.equal(undefined);
    cache.sweep();
    expect(ended).to.deep.equal(['one']);
    expect(cache.size).to.equal(0);
  });

  it('an entry that is set again lives on from then, and ends once', () => {
    cache.set('a', 'one');
    clock.pass(lifetime / 2);
    cache.set('b', 'two');
    cache.set('a', 'three');
    clock.pass(lifetime / 2);
    cache.sweep();
    expect([cache.get('a'), cache.get('b'), cache.size]).to.deep.equal(['three', 'two', 2]);
    clock.pass(lifetime / 2);
    cache.sweep();
    expect(ended).to.deep.equal(['two', 'three']);
  });

  it('what is held stays until it is set or deleted', () => {
    cache.hold('a', 'one');
    clock.pass(10 * lifetime);
    cache.sweep();
    expect(cache.get('a')).to.equal('one');
    cache.set('a', 'two');
    expect(cache.size).to.equal(1);
    clock.pass(lifetime);
    cache.sweep();
    expect([cache.get('a'), ended]).to.deep.equal([undefined, ['two']]);
    cache.set('b', 'three');
    cache.hold('b', 'four');
    clock.pass(lifetime);
    cache.sweep();
    expect(cache.get('b')).to.equal('four');
    cache.delete('b');
    expect([cache.size, ended]).to.deep.equal([0, ['two']]);
  });

  it('another value leaves the end as it is, and brings nothing that is not there', () => {
    cache.set('a', 'one');
    cache.hold('b', 'two');
    clock.pass(lifetime / 2);
    for (const key of ['a', 'b', 'c']) cache.replace(key, `${key} again`);
    expect(cache.get('b')).to.equal('b again');
    clock.pass(lifetime / 2);
    cache.sweep();
    expect([ended, cache.get('b'), cache.size]).to.deep.equal([['a again'], 'b again', 1]);
  });

  it('is full at its bound for new keys alone, until one ends', () => {
    cache.set('a', 'one');
    cache.hold('b', 'two');
    cache.set('constructor', 'three');
    expect(cache.set('d', 'four')).to.equal(false);
    expect(cache.hold('d', 'four')).to.equal(false);
    expect(cache.get('d')).to.equal(undefined);
    expect(cache.set('a', 'five')).to.equal(true);
    expect(cache.hold('constructor', 'six')).to.equal(true);
    expect([cache.get('a'), cache.get('constructor'), cache.get('__proto__')]).to.deep.equal([
      'five',
      'six',
      undefined,
    ]);
    clock.pass(lifetime);
    expect(cache.hold('d', 'four')).to.equal(true);
    expect(ended).to.deep.equal(['five']);
  });
});
