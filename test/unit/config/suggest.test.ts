import { expect } from 'chai';
import { closest } from '../../../src/config/suggest.ts';

describe('config: closest', () => {
  const keys = ['name', 'address', 'secret', 'message_authenticator', 'proxy'];

  for (const [word, expected] of [
    ['messag_authenticator', 'message_authenticator'],
    ['message_authentcator', 'message_authenticator'],
    ['Secret', 'secret'],
    ['adress', 'address'],
    ['nam', 'name'],
    ['user', undefined],
    ['xy', undefined],
    ['', undefined],
    ['message_authenticator'.repeat(4), undefined],
  ] as const)
    it(`${JSON.stringify(word)} means ${expected ?? 'nothing known'}`, () => {
      expect(closest(word, keys)).to.equal(expected);
    });

  it('prefers the nearest', () => {
    expect(closest('tries', ['trees', 'tries2', 'tries'])).to.equal('tries');
  });
});
