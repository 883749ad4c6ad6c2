import { expect } from 'chai';
import { attribute, Code, Type, valuesOfType, vendorAttribute, type RawPacket } from '../../peer/packet-bytes.ts';
import { aNas } from '../../support/a-nas.ts';
import { FakePeer } from '../../support/fake-peer.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';
import { sharedStore } from '../../support/shared-store.ts';

const minute = 60_000;

describe('login: a device that is remembered', () => {
  const stored = sharedStore();
  let scene: IntakeScene;
  beforeEach(async () => {
    const remember = 30 * minute;
    scene = await IntakeScene.open(stored.scratch, {
      clients: [
        { nas: aNas({ remember }), addresses: ['192.0.2.0/24'] },
        { nas: aNas({ name: 'wifi', factor: 'none' }), addresses: ['198.51.100.0/24'] },
      ],
    });
  });
  afterEach(() => scene.close());

  const say = (typed = 'right', state?: Buffer, device = 'laptop'): Promise<RawPacket> =>
    scene.ask({ password: typed, state, attributes: [attribute(31, device)] });
  /** With the code of so many steps from now. */
  const login = async (steps = 0): Promise<void> => {
    const [state] = valuesOfType(await say(), Type.state);
    expect((await say(scene.code(steps), state)).code).to.equal(Code.accessAccept);
    await scene.intake.idle();
  };

  it('is asked nothing, and the log says why', async () => {
    await login();
    expect((await say()).code).to.equal(Code.accessAccept);
    expect(await scene.audited()).to.deep.equal(['accept accepted', 'accept remembered']);
    expect(scene.logged({ reason: 'remembered', verdict: 'accept' })).to.have.length(1);
    expect((await say('wrong')).code).to.equal(Code.accessReject);
  });

  it('is asked again if it could not be remembered, and that login stands', async () => {
    scene.store.fail('remember-login');
    await login();
    expect(scene.logged({ msg: 'a device could not be remembered' })).to.have.length(1);
    scene.store.mend();
    expect((await say()).code).to.equal(Code.accessChallenge);
  });

  it('is the one that brought the password, whatever was answered from another', async () => {
    const stateOf = (packet: RawPacket): Buffer => valuesOfType(packet, Type.state)[0] ?? expect.fail('no State');
    let state = stateOf(await say());
    state = stateOf(await say(scene.wrongCode(), state, 'phone'));
    expect((await say(scene.code(), state, 'phone')).code).to.equal(Code.accessAccept);
    await scene.intake.idle();
    for (const device of ['laptop', 'phone'])
      expect((await say('right', undefined, device)).code, device).to.equal(Code.accessChallenge);
    state = stateOf(await say());
    state = stateOf(await say(scene.wrongCode(), state, 'phone'));
    expect((await say(scene.code(1), state)).code).to.equal(Code.accessAccept);
    await scene.intake.idle();
    expect((await say()).code).to.equal(Code.accessAccept);
  });

  it("nor is one that answered a question of the primary's own", async () => {
    scene.primary.answers(({ conversation }) =>
      conversation
        ? provenAsAsked()
        : {
            kind: 'challenge',
            relayed: [{ kind: 'plain', ...attribute(18, 'Which year? ') }],
            conversation: { server: 'home', state: undefined, rounds: 1 },
          },
    );
    const begin = async (): Promise<Buffer | undefined> => {
      const [asked] = valuesOfType(await say(), Type.state);
      return valuesOfType(await say('2027', asked, 'phone'), Type.state)[0];
    };
    expect((await say(scene.code(), await begin(), 'phone')).code).to.equal(Code.accessAccept);
    await scene.intake.idle();
    scene.primary.answers(() => provenAsAsked());
    for (const device of ['laptop', 'phone'])
      expect((await say('right', undefined, device)).code, device).to.equal(Code.accessChallenge);
  });

  it('gets no answer while the store can not tell, and is in once it can', async () => {
    await login();
    scene.store.fail('recall-login');
    await scene.expectSilence(scene.request({ attributes: [attribute(31, 'laptop')] }));
    scene.store.mend();
    expect((await say()).code).to.equal(Code.accessAccept);
  });

  it('is forgotten where the password is changed over MS-CHAP, at whichever client', async () => {
    await login();
    scene.primary.answers(() => provenAsAsked());
    // MS-CHAP2-CPW: RFC 2548 §2.3.4.
    const change = vendorAttribute(311, 27, Buffer.alloc(68, 7));
    const peer = new FakePeer({ address: '198.51.100.1' });
    expect((await scene.ask({ password: null, attributes: [change] }, peer)).code).to.equal(Code.accessAccept);
    await scene.intake.idle();
    expect((await say()).code).to.equal(Code.accessChallenge);
  });
});
