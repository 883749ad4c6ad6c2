import { expect } from 'chai';
import { pack, unpackLogin } from '../../../src/login/packed.ts';
import type { WaitingLogin } from '../../../src/login/waiting.ts';
import { byApp } from '../../support/asking.ts';

const rest = {
  loginId: 'login-0815',
  firstDevice: 'Zoë’s laptop',
  asked: {
    userName: '名前 \u0000"Zoë"',
    client: 'vpn',
    clientAddress: '192.0.2.10',
    callingStationId: null,
    primary: 'nps',
  },
};
const everyOctet = Buffer.from(Array.from({ length: 253 }, (_, i) => i));

describe('login/packed', () => {
  it('gives back a login at its factor, with every octet of what was granted', () => {
    const login: WaitingLogin = {
      stage: 'factor',
      userId: 'user-4711',
      methods: ['totp', 'sms'],
      granted: [
        { kind: 'plain', type: 25, value: everyOctet },
        { kind: 'mppe-key', type: 16, value: Buffer.alloc(32, 0xff) },
        { kind: 'tunnel-password', tag: 3, value: Buffer.alloc(0) },
      ],
      attemptsLeft: 3,
      asking: { ...byApp, directory: { phones: ['+33612345612'], emails: [null] } },
      rule: 'staff',
      opensOnOutage: true,
      ...rest,
    };
    expect(unpackLogin(pack(login))).to.deep.equal(login);
  });

  for (const state of [Buffer.from('state of the server'), Buffer.alloc(0), undefined])
    it(`gives back a login at its primary, whose server sent ${state ? `${state.length} octets of` : 'no'} State`, () => {
      const login: WaitingLogin = {
        stage: 'primary',
        conversation: { server: '10.0.0.5:1812', state, rounds: 2 },
        ...rest,
      };
      expect(unpackLogin(pack(login))).to.deep.equal(login);
    });

  it('takes the octets of a small Buffer alone, not those that it was cut from', () => {
    const state = Buffer.from('cut from the 8 KiB of all small ones');
    expect(pack({ stage: 'primary', conversation: { server: 'a', state, rounds: 1 }, ...rest }).length).to.be.below(
      500,
    );
  });
});
