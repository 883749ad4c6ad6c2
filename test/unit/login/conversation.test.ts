import { expect } from 'chai';
import { FakeClock } from '../../support/fake-clock.ts';
import { hashPassword } from '../../../src/primary/password-hash.ts';
import { LocalPrimary } from '../../../src/primary/local.ts';
import { aNas } from '../../support/a-nas.ts';
import { FakePeer } from '../../support/fake-peer.ts';
import { IntakeScene, oathKey, prompts, type IntakeSceneOptions } from '../../support/intake-scene.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { attribute, Code, Type, valuesOfType, vendorAttribute, type RawPacket } from '../../peer/packet-bytes.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';

const textOf = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');
const stateOf = (packet: RawPacket): Buffer => {
  const [state, ...more] = valuesOfType(packet, Type.state);
  if (!state || more.length > 0 || packet.code !== Code.accessChallenge)
    throw new Error('not a challenge with one State');
  return state;
};
const rejected = (packet: RawPacket, text: string): void => {
  expect(packet.code).to.equal(Code.accessReject);
  expect(textOf(packet)).to.equal(text);
  expect(valuesOfType(packet, Type.state)).to.deep.equal([]);
};
const expired = 'Your login has expired. Please log in again.';

describe('login: the conversation, from datagram to datagram', () => {
  const stored = sharedStore();
  let scene: IntakeScene;
  const open = async (options: IntakeSceneOptions = {}): Promise<void> => {
    scene = await IntakeScene.open(stored.scratch, options);
  };
  afterEach(() => scene.close());

  it('right password, right code: what the primary granted is in the Accept, Proxy-States are echoed all the way', async () => {
    await open();
    const granted = [attribute(25, 'class'), attribute(8, Buffer.of(10, 0, 0, 1))].map(
      (one) => ({ kind: 'plain', ...one }) as const,
    );
    scene.primary.answers(() => provenAsAsked(granted));
    const attributes = [attribute(Type.proxyState, 'one'), attribute(Type.proxyState, 'two')];
    const challenge = await scene.ask({ attributes });
    expect(textOf(challenge)).to.equal(prompts.first);
    expect(stateOf(challenge)).to.have.length(16);
    expect(challenge.attributes.map(({ type }) => type)).to.deep.equal([80, 18, 24, 33, 33]);
    const accept = await scene.ask({ attributes, password: scene.code(), state: stateOf(challenge) });
    expect(accept.code).to.equal(Code.accessAccept);
    expect(accept.attributes.slice(1).map(({ type, value }) => [type, value.toString()])).to.deep.equal([
      [25, 'class'],
      [8, '\n\0\0\x01'],
      [33, 'one'],
      [33, 'two'],
    ]);
    expect(await scene.audited()).to.deep.equal(['accept accepted']);
  });

  it('the same with a user of the store and a real password hash', async () => {
    await open({
      clients: [{ nas: aNas({ primary: 'users' }), addresses: ['192.0.2.10'] }],
      primaries: (store) => [new LocalPrimary({ name: 'users', keep: 'hash', store, clock: new FakeClock() })],
    });
    const kept = await hashPassword(Buffer.from('secret'), Buffer.alloc(16));
    await scene.scratch.execute('UPDATE users SET password = ?', kept);
    rejected(await scene.ask({ password: 'wrong' }), 'Login failed.');
    rejected(await scene.ask({ password: 'secret', user: 'bob' }), 'Login failed.');
    const challenge = await scene.ask({ password: 'secret', user: 'ALICE' });
    const accept = await scene.ask({ password: scene.code(), user: 'ALICE', state: stateOf(challenge) });
    expect(accept.code).to.equal(Code.accessAccept);
  });

  it('a wrong code gives a new challenge with a new State, then the right one is accepted', async () => {
    await open();
    const first = await scene.ask();
    const second = await scene.ask({ password: scene.wrongCode(), state: stateOf(first) });
    expect(textOf(second)).to.equal(prompts.afterWrong);
    expect(stateOf(second)).not.to.deep.equal(stateOf(first));
    const accept = await scene.ask({ password: scene.code(), state: stateOf(second) });
    expect(accept.code).to.equal(Code.accessAccept);
    expect(await scene.audited()).to.deep.equal(['challenge code-wrong', 'accept accepted']);
  });

  it('after the last wrong code the login is over', async () => {
    await open({ attempts: 3 });
    let state = stateOf(await scene.ask());
    for (let i = 0; i < 2; i++) state = stateOf(await scene.ask({ password: scene.wrongCode(), state }));
    rejected(await scene.ask({ password: scene.wrongCode(), state }), 'Wrong code. Please log in again.');
    rejected(await scene.ask({ password: scene.code(), state }), expired);
  });

  it('a code that was used already is told so, and costs an attempt', async () => {
    await open({ attempts: 2 });
    await scene.ask({ password: scene.code(), state: stateOf(await scene.ask()) });
    const again = await scene.ask({ password: scene.code(), state: stateOf(await scene.ask()) });
    expect(textOf(again)).to.equal(prompts.afterUsed);
    rejected(
      await scene.ask({ password: scene.code(), state: stateOf(again) }),
      'That code was used already. Wait for the next one and log in again.',
    );
    scene.clock.pass(30_000);
    const accept = await scene.ask({ password: scene.code(), state: stateOf(await scene.ask()) });
    expect(accept.code).to.equal(Code.accessAccept);
  });

  it('the lock counts over challenges, logins and clients', async () => {
    const clients = [
      { nas: aNas({ name: 'vpn' }), addresses: ['192.0.2.10'] },
      { nas: aNas({ name: 'switch' }), addresses: ['192.0.2.11'] },
    ];
    await open({ clients, attempts: 2, lockoutFailures: 5 });
    const [vpn, other] = [new FakePeer(), new FakePeer({ address: '192.0.2.11' })];
    const password = scene.wrongCode();
    // Not the same again, which would be taken for the retry of a device.
    const another = `${password}0`;
    for (const peer of [vpn, other]) {
      const second = await scene.ask({ password, state: stateOf(await scene.ask({}, peer)) }, peer);
      rejected(
        await scene.ask({ password: another, state: stateOf(second) }, peer),
        'Wrong code. Please log in again.',
      );
    }
    const locked = 'Your second factor is locked after too many wrong codes. Please contact your help desk.';
    const waiting = stateOf(await scene.ask({}, other));
    rejected(await scene.ask({ password, state: stateOf(await scene.ask({}, vpn)) }, vpn), locked);
    rejected(await scene.ask({ password: scene.code(), state: waiting }, other), locked);
    rejected(await scene.ask({}, vpn), locked);
    await scene.scratch.execute('UPDATE lockouts SET failures = 0');
    const accept = await scene.ask({ password: scene.code(), state: stateOf(await scene.ask({}, vpn)) }, vpn);
    expect(accept.code).to.equal(Code.accessAccept);
  });

  it('every spelling of a name needs the code of its one user', async () => {
    await open();
    for (const user of ['ALICE', 'alice@corp.example', 'CORP\\alice', '\uff21lice', ' alice']) {
      const accept = await scene.ask({ user, password: scene.code(), state: stateOf(await scene.ask({ user })) });
      expect(accept.code, user).to.equal(Code.accessAccept);
      scene.clock.pass(30_000);
    }
    rejected(await scene.ask({ user: '\u00e1lice' }), 'Please check the spelling of your user name.');
  });

  describe('State', () => {
    for (const waiting of ['memory', 'store'] as const) {
      const alone = new FakePeer();

      it(`that is unknown is rejected and never tried as a password (${waiting})`, async () => {
        await open({ waiting, clients: [{ nas: aNas({ factor: 'none' }), addresses: ['192.0.2.10'] }] });
        for (const state of [Buffer.alloc(16, 1), Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(253, 2)])
          rejected(await scene.ask({ state, password: 'right' }), expired);
        expect(scene.primary.asked.entries).to.deep.equal([]);
        expect((await scene.ask()).code, 'without State').to.equal(Code.accessAccept);
      });

      it(`that was used is rejected, and another code does not revive it (${waiting})`, async () => {
        await open({ waiting });
        const state = stateOf(await scene.ask());
        expect((await scene.ask({ state, password: scene.code() })).code).to.equal(Code.accessAccept);
        rejected(await scene.ask({ state, password: scene.code(1) }), expired);
        expect(scene.primary.asked.entries).to.have.length(1);
      });

      it(`that expired is rejected, whatever the wall clock says (${waiting})`, async () => {
        await open({ waiting });
        const [early, late] = [stateOf(await scene.ask()), stateOf(await scene.ask())];
        scene.clock.pass(299_999);
        scene.clock.stepWall(86_400_000);
        expect((await scene.ask({ state: early, password: scene.code() })).code).to.equal(Code.accessAccept);
        scene.clock.pass(1);
        scene.clock.stepWall(-86_400_000);
        rejected(await scene.ask({ state: late, password: scene.code(3) }), expired);
      });

      it(`of another client or another user is rejected, and stays good for its own (${waiting})`, async () => {
        const secret = 'the secret of the other client';
        const clients = [
          { nas: aNas(), addresses: ['192.0.2.10'] },
          { nas: aNas({ name: 'switch' }), addresses: ['192.0.2.11'] },
        ];
        await open({ waiting, clients });
        await scene.scratch.addToken({ userId: await scene.scratch.addUser({ names: ['bob'] }), key: oathKey });
        const state = stateOf(await scene.ask());
        const password = scene.code();
        rejected(await scene.ask({ state, password }, new FakePeer({ address: '192.0.2.11' })), expired);
        rejected(await scene.ask({ state, password, user: 'bob' }), expired);
        rejected(await scene.ask({ state, password, user: 'ALICE' }), expired);
        await scene.expectSilence(scene.request({ state, password, secret }));
        expect((await scene.ask({ state, password }, alone)).code).to.equal(Code.accessAccept);
      });
    }

    it('stays good for another device of the same client: a pair of VPN appliances', async () => {
      await open();
      const state = stateOf(await scene.ask({}, new FakePeer({ address: '192.0.2.20' })));
      const accept = await scene.ask({ state, password: scene.code() }, new FakePeer({ address: '192.0.2.21' }));
      expect(accept.code).to.equal(Code.accessAccept);
    });
  });

  describe('by the rule of the client', () => {
    const withRule = (factor: 'if-enrolled' | 'none'): IntakeSceneOptions => ({
      clients: [{ nas: aNas({ factor }), addresses: ['192.0.2.10'] }],
    });

    it('factor = "none" lets a right password in, with an audit row that says why', async () => {
      await open(withRule('none'));
      expect((await scene.ask()).code).to.equal(Code.accessAccept);
      rejected(await scene.ask({ password: 'wrong' }), 'Login failed.');
      expect(await scene.audited()).to.deep.equal(['accept factor-not-required', 'reject password-wrong']);
    });

    it('factor = "if-enrolled" asks those who have a token, and lets the others in with an audit row', async () => {
      await open(withRule('if-enrolled'));
      await scene.scratch.addUser({ names: ['bob'] });
      stateOf(await scene.ask());
      for (const user of ['bob', 'nobody']) expect((await scene.ask({ user })).code).to.equal(Code.accessAccept);
      expect(await scene.audited()).to.deep.equal(['accept not-enrolled-allowed', 'accept not-enrolled-allowed']);
    });

    it('"user not found" is never "exempt" where a factor is required', async () => {
      await open();
      const text = 'No second factor is registered for you. Please contact your help desk.';
      rejected(await scene.ask({ user: 'nobody' }), text);
      await scene.scratch.addUser({ names: ['bob'] });
      rejected(await scene.ask({ user: 'bob' }), text);
    });
  });

  for (const [what, request] of [
    ['CHAP of an impossible size', { password: null, attributes: [attribute(3, Buffer.alloc(16))] }],
    ['MS-CHAPv2 without challenge', { password: null, attributes: [vendorAttribute(311, 25, Buffer.alloc(50))] }],
    ['ARAP', { password: null, attributes: [attribute(70, Buffer.alloc(16))] }],
    ['no credential', { password: null }],
    ['no user name', { user: null }],
    ['an empty user name', { user: '' }],
    ['State and no user name', { user: null, state: Buffer.alloc(16) }],
  ] as const)
    it(`${what}: refused like a wrong password, and the primary is not asked`, async () => {
      await open();
      rejected(await scene.ask(request), 'Login failed.');
      expect(scene.primary.asked.entries).to.deep.equal([]);
    });
});
