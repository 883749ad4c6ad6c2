import { expect } from 'chai';
import { aNas } from '../../support/a-nas.ts';
import { FakePeer } from '../../support/fake-peer.ts';
import { IntakeScene, ourMark } from '../../support/intake-scene.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { attribute, Code, Type, valuesOfType, type RawPacket } from '../../peer/packet-bytes.ts';

const textOf = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).map(String).join();

describe('login: without a password, by the word of the client', () => {
  const stored = sharedStore();
  let scene: IntakeScene | undefined;
  const open = async (own: Parameters<typeof aNas>[0]): Promise<IntakeScene> => {
    scene = await IntakeScene.open(stored.scratch, { clients: [{ nas: aNas(own), addresses: ['192.0.2.0/24'] }] });
    // What an upstream says of a user whose access it checks without a password.
    scene.primary.answers(() => provenAsAsked());
    return scene;
  };
  afterEach(() => scene?.close());

  it('is refused as ever where the client is not said to be passwordless, and nobody is asked', async () => {
    const own = await open({ passwordless: false });
    await own.ask({ password: null });
    expect(await own.audited()).to.deep.equal(['reject credential-missing']);
    expect(own.primary.asked.entries).to.have.length(0);
  });

  it('asks the primary, and then needs a factor', async () => {
    const own = await open({ passwordless: true });
    const reply = await own.ask({ password: null });
    expect(reply.code).to.equal(Code.accessReject);
    expect(await own.audited()).to.deep.equal(['reject approval-needed']);
    expect(own.primary.asked.entries.map(({ credential }) => credential.kind)).to.deep.equal(['none']);
  });

  it('no exemption lets in', async () => {
    const own = await open({ passwordless: true, factor: 'if-enrolled' });
    const reply = await own.ask({ user: 'nobody', password: null });
    expect(reply.code).to.equal(Code.accessReject);
    expect(textOf(reply)).to.equal('No second factor is registered for you. Please contact your help desk.');
    expect(await own.audited()).to.deep.equal(['reject approval-needed']);
  });

  it('a password that is laid out wrong is no missing one', async () => {
    const own = await open({ passwordless: true });
    await own.ask({ password: null, attributes: [attribute(3, 'too short')] });
    expect(await own.audited()).to.deep.equal(['reject credential-missing']);
    expect(own.primary.asked.entries).to.have.length(0);
  });

  it('a password is checked all the same, and a code asked for', async () => {
    const own = await open({ passwordless: true });
    expect((await own.ask()).code).to.equal(Code.accessChallenge);
  });
});

describe('login: a request that has gone out here before', () => {
  const stored = sharedStore();
  let scene: IntakeScene;
  beforeEach(async () => {
    const nas = aNas({ limitProxyState: false });
    scene = await IntakeScene.open(stored.scratch, { clients: [{ nas, addresses: ['192.0.2.0/24'] }] });
  });
  afterEach(() => scene.close());
  const value = ourMark;

  it('is refused, nobody is asked, and a warning says what to set right; its Proxy-States are echoed', async () => {
    const states = [attribute(Type.proxyState, value), attribute(Type.proxyState, 'of the server behind')];
    const reply = await scene.ask({ attributes: states });
    expect(reply.code).to.equal(Code.accessReject);
    expect(valuesOfType(reply, Type.proxyState)).to.deep.equal(states.map(({ value: each }) => each));
    expect(textOf(reply)).to.equal('Login failed.');
    expect(scene.primary.asked.entries).to.have.length(0);
    expect(await scene.audited()).to.deep.equal(['reject loop']);
    const [line] = scene.logged({ reason: 'loop' });
    expect(line?.['level']).to.equal(40);
    expect(line?.['msg']).to.match(/connection request policy.+Client Friendly Name/);
  });

  it('is answered once: a copy gets the same octets', async () => {
    const peer = new FakePeer();
    const request = scene.request({ attributes: [attribute(Type.proxyState, value)] });
    scene.intake.onDatagram(request, peer);
    const first = await peer.next();
    scene.intake.onDatagram(request, peer);
    expect(await peer.next()).to.deep.equal(first);
    expect(await scene.audited()).to.deep.equal(['reject loop']);
  });

  it("another installation's passes", async () => {
    const other = Buffer.concat([value.subarray(0, 15), Buffer.of((value[15] ?? 0) ^ 1)]);
    const reply = await scene.ask({ attributes: [attribute(Type.proxyState, other)] });
    expect(reply.code).to.equal(Code.accessChallenge);
  });
});
