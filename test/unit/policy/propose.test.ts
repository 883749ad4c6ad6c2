import { expect } from 'chai';
import * as fc from 'fast-check';
import { givesUpAfter, propose, type ClientSettings, type SeenHabits } from '../../../src/policy/propose.ts';

const usual: ClientSettings = {
  messageAuthenticator: 'auto',
  challenge: true,
  append: 'off',
  proxy: false,
  deadline: 10_000,
};
const none: SeenHabits = {
  requests: 0,
  signed: 0,
  unsigned: 0,
  proxied: 0,
  challenges: 0,
  answers: 0,
  mostCopies: 0,
  longestGap: 0,
  longestWait: 0,
  longestOpen: 0,
};
const proposed = (settings: Partial<ClientSettings>, seen: Partial<SeenHabits>): unknown[] =>
  propose({ ...usual, ...settings }, { ...none, ...seen }).map(({ key, value }) =>
    key === null ? 'a word' : [key, value],
  );

describe('policy/propose', () => {
  it('proposes nothing of a client that nothing is known of', () => {
    expect(proposed({}, {})).to.deep.equal([]);
  });

  it('Message-Authenticator is to be required once it was always there, and often', () => {
    const require = [['message_authenticator', 'require']];
    expect(proposed({}, { requests: 20, signed: 20 })).to.deep.equal(require);
    expect(proposed({ messageAuthenticator: 'off' }, { requests: 20, signed: 20 })).to.deep.equal(require);
    expect(proposed({}, { requests: 19, signed: 19 })).to.deep.equal([]);
    expect(proposed({ messageAuthenticator: 'require' }, { requests: 20, signed: 20 })).to.deep.equal([]);
    expect(proposed({}, { requests: 21, signed: 20, unsigned: 1 })).to.deep.equal(['a word']);
    expect(proposed({ messageAuthenticator: 'require' }, { unsigned: 3 })).to.deep.equal(['a word']);
    expect(proposed({}, { requests: 100, unsigned: 100 }), 'it never signs').to.deep.equal([]);
  });

  it('no prompt is to be shown where none is ever answered', () => {
    const off = ['challenge', false];
    expect(proposed({}, { challenges: 20 })).to.deep.equal([off, ['append', 'code-last']]);
    expect(proposed({ append: 'code-first' }, { challenges: 20 })).to.deep.equal([off]);
    expect(proposed({ challenge: false }, { challenges: 20 })).to.deep.equal([]);
    expect(proposed({}, { challenges: 19 })).to.deep.equal([]);
    expect(proposed({}, { challenges: 20_000, answers: 1 })).to.deep.equal([]);
  });

  it('a proxy is known by signed requests alone: unsigned Proxy-State is what a forgery has', () => {
    const sure = { messageAuthenticator: 'require' } as const;
    expect(proposed(sure, { requests: 30, signed: 30, proxied: 30 })).to.deep.equal([['proxy', true]]);
    expect(proposed(sure, { requests: 30, signed: 30, proxied: 29 })).to.deep.equal([]);
    expect(proposed({ ...sure, proxy: true }, { requests: 30, signed: 30 })).to.deep.equal([['proxy', false]]);
    expect(proposed({ ...sure, proxy: true }, { requests: 30, signed: 30, proxied: 1 })).to.deep.equal([]);
  });

  it('when a device gives up is told by its copies, if a request was open for longer', () => {
    // strongSwan: at 0, 2, 5 and 9 s; it gives up some 4 s later.
    const strongswan = { mostCopies: 3, longestWait: 9_000, longestGap: 4_000 };
    expect(givesUpAfter({ ...none, ...strongswan, longestOpen: 13_000 })).to.equal(undefined);
    expect(givesUpAfter({ ...none, ...strongswan, longestOpen: 59_000 })).to.equal(13_000);
    expect(proposed({ deadline: 60_000 }, { ...strongswan, longestOpen: 59_000 })).to.deep.equal([['deadline', '13s']]);
    expect(proposed({ deadline: 14_000 }, { ...strongswan, longestOpen: 59_000 })).to.deep.equal([]);
    expect(proposed({ deadline: 60_000 }, { longestOpen: 59_000 }), 'no copies').to.deep.equal([]);
    expect(proposed({ deadline: 5_000 }, { mostCopies: 3, longestGap: 10_000, longestWait: 30_000 })).to.deep.equal([
      ['deadline', '30s'],
    ]);
  });

  it('whatever was seen, a proposal takes no check away, and a deadline is one that radius.conf takes', () => {
    const count = fc.integer({ min: 0, max: 2 ** 40 });
    const seen = fc.record<SeenHabits>({
      requests: count,
      signed: count,
      unsigned: count,
      proxied: count,
      challenges: count,
      answers: count,
      mostCopies: count,
      longestGap: count,
      longestWait: count,
      longestOpen: count,
    });
    const settings = fc.record<ClientSettings>({
      messageAuthenticator: fc.constantFrom('require', 'auto', 'off'),
      challenge: fc.boolean(),
      append: fc.constantFrom('off', 'code-last', 'code-first'),
      proxy: fc.boolean(),
      deadline: fc.integer({ min: 1_000, max: 120_000 }),
    });
    fc.assert(
      fc.property(settings, seen, (own, habits) => {
        for (const { key, value, why } of propose(own, habits)) {
          expect(why).to.not.equal('');
          if (key === 'message_authenticator') expect(value).to.equal('require');
          if (key === 'deadline') expect(Number(/^(\d+)s$/.exec(String(value))?.[1])).to.be.within(1, 120);
          if (key === 'proxy' && value === true) expect(habits.proxied >= habits.signed).to.equal(true);
          expect(key).to.be.oneOf([null, 'message_authenticator', 'challenge', 'append', 'proxy', 'deadline']);
        }
      }),
    );
  });
});
