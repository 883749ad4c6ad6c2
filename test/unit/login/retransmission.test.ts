import { expect } from 'chai';
import { FakePeer } from '../../support/fake-peer.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { sharedStore } from '../../support/shared-store.ts';
import {
  attribute,
  Code,
  Type,
  valuesOfType,
  vendorAttribute,
  verifySignedReply,
  type RawPacket,
} from '../../peer/packet-bytes.ts';
import { nasSecret } from '../../support/a-nas.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';

const stateOf = (packet: RawPacket): Buffer => {
  const [state] = valuesOfType(packet, Type.state);
  if (!state) throw new Error('no State');
  return state;
};
const expired = 'Your login has expired. Please log in again.';
const rejectedAsExpired = (packet: RawPacket): void => {
  expect(packet.code).to.equal(Code.accessReject);
  expect(valuesOfType(packet, Type.replyMessage).join('')).to.equal(expired);
};

for (const waiting of ['memory', 'store'] as const)
  describe(`login: an answer that comes again by another port or server, waiting = "${waiting}"`, () => {
    const stored = sharedStore();
    let scene: IntakeScene;
    let state: Buffer;
    let port = 50_000;
    beforeEach(async () => {
      scene = await IntakeScene.open(stored.scratch, { waiting });
      scene.primary.answers(() =>
        provenAsAsked([
          { kind: 'plain', ...attribute(25, 'class') },
          { kind: 'mppe-key', type: 16, value: Buffer.alloc(16, 5) },
        ]),
      );
      state = stateOf(await scene.ask());
    });
    afterEach(() => scene.close());
    /** The next port of the same device. */
    const elsewhere = (): FakePeer => new FakePeer({ port: ++port });

    it('gets the same Accept within 10 s, made for it: its own identifier, authenticators and encrypted keys', async () => {
      const password = scene.code();
      const first = await scene.ask({ password, state }, elsewhere());
      scene.clock.pass(9_999);
      const again = await scene.ask({ password, state }, elsewhere());
      for (const packet of [first, again]) {
        expect(packet.code).to.equal(Code.accessAccept);
        expect(packet.attributes.map(({ type }) => type)).to.deep.equal([80, 25, 26]);
      }
      expect(again.identifier).not.to.equal(first.identifier);
      expect(again.authenticator).not.to.deep.equal(first.authenticator);
      expect(valuesOfType(again, 26)).not.to.deep.equal(valuesOfType(first, 26));
      expect(valuesOfType(again, 26)[0]?.subarray(0, 6)).to.deep.equal(
        vendorAttribute(311, 16, Buffer.alloc(34)).value.subarray(0, 6),
      );
      expect(await scene.audited(), 'the code was checked once').to.deep.equal(['accept accepted']);
    });

    it('gets no Accept after 10 s, however often it came in between', async () => {
      const password = scene.code();
      await scene.ask({ password, state }, elsewhere());
      for (let i = 0; i < 3; i++) {
        scene.clock.pass(3_000);
        expect((await scene.ask({ password, state }, elsewhere())).code).to.equal(Code.accessAccept);
      }
      scene.clock.pass(1_000);
      rejectedAsExpired(await scene.ask({ password, state }, elsewhere()));
    });

    it('gets the same new Challenge after a wrong code, whose State is good once', async () => {
      const password = scene.wrongCode();
      const first = await scene.ask({ password, state }, elsewhere());
      const again = await scene.ask({ password, state }, elsewhere());
      expect(again.code).to.equal(Code.accessChallenge);
      expect(stateOf(again)).to.deep.equal(stateOf(first));
      expect((await scene.ask({ password: scene.code(), state: stateOf(again) })).code).to.equal(Code.accessAccept);
      rejectedAsExpired(await scene.ask({ password: scene.code(1), state: stateOf(again) }));
      expect(await scene.audited()).to.include.members(['challenge code-wrong', 'accept accepted']);
    });

    it('gets silence while the first is being checked, and its verdict then', async () => {
      const password = scene.code();
      const letGo = scene.store.hold('attempt');
      const first = scene.ask({ password, state }, elsewhere());
      await scene.store.asked.waitFor((name) => name === 'attempt', 'the check');
      const peer = elsewhere();
      scene.intake.onDatagram(scene.request({ password, state }), peer);
      // The one behind it is answered, so it has been judged by then.
      await scene.ask({ password: 'right' }, elsewhere());
      expect(peer.unread).to.equal(0);
      letGo();
      expect((await first).code).to.equal(Code.accessAccept);
      expect((await scene.ask({ password, state }, elsewhere())).code).to.equal(Code.accessAccept);
      expect(peer.unread).to.equal(0);
    });

    it('another answer to the same challenge is rejected, and changes nothing for the right one', async () => {
      const password = scene.code();
      await scene.ask({ password, state }, elsewhere());
      rejectedAsExpired(await scene.ask({ password: scene.wrongCode(), state }, elsewhere()));
      rejectedAsExpired(await scene.ask({ password: scene.code(1), state, user: 'bob' }, elsewhere()));
      expect((await scene.ask({ password, state }, elsewhere())).code).to.equal(Code.accessAccept);
    });

    it('another answer while the right one is being checked does not become its verdict', async () => {
      const password = scene.code();
      const letGo = scene.store.hold('attempt');
      const first = scene.ask({ password, state }, elsewhere());
      await scene.store.asked.waitFor((name) => name === 'attempt', 'the check');
      rejectedAsExpired(await scene.ask({ password: scene.wrongCode(), state }, elsewhere()));
      letGo();
      expect((await first).code).to.equal(Code.accessAccept);
      expect((await scene.ask({ password, state }, elsewhere())).code, 'the same answer again').to.equal(
        Code.accessAccept,
      );
    });

    it('another answer whose refusal cannot be stored does not put the login back: it stays used', async () => {
      const password = scene.code();
      const letGo = scene.store.hold('attempt');
      const first = scene.ask({ password, state }, elsewhere());
      await scene.store.asked.waitFor((name) => name === 'attempt', 'the check');
      scene.store.fail('record');
      const peer = elsewhere();
      scene.intake.onDatagram(scene.request({ password: scene.wrongCode(), state }), peer);
      await scene.store.asked.waitFor((name) => name === 'record', 'the refusal');
      scene.store.mend();
      await scene.ask({ password: 'right' }, elsewhere());
      expect(peer.unread).to.equal(0);
      letGo();
      expect((await first).code).to.equal(Code.accessAccept);
      rejectedAsExpired(await scene.ask({ password: scene.code(1), state }, elsewhere()));
    });

    it('a check that the store failed is met by silence, and the same answer is checked anew', async () => {
      const password = scene.code();
      scene.store.fail('attempt');
      const request = scene.request({ password, state });
      const peer = elsewhere();
      await scene.expectSilence(request, peer);
      scene.store.mend();
      // The NAS sends the same bytes from the same port: they must not be taken for a duplicate that is pending.
      scene.intake.onDatagram(request, peer);
      expect(verifySignedReply(await peer.next(), request, nasSecret).code).to.equal(Code.accessAccept);
      expect(await scene.audited()).to.deep.equal(['accept accepted']);
    });

    it('a challenge that the store could not keep is met by silence, and the copy is asked anew', async () => {
      if (waiting === 'memory') return;
      scene.store.fail('put-waiting');
      const request = scene.request();
      const peer = elsewhere();
      await scene.expectSilence(request, peer);
      scene.store.mend();
      scene.intake.onDatagram(request, peer);
      expect(verifySignedReply(await peer.next(), request, nasSecret).code).to.equal(Code.accessChallenge);
    });

    it('of 16 that come at once with the right code exactly one is accepted by the store', async () => {
      const password = scene.code();
      const peers = Array.from({ length: 16 }, elsewhere);
      for (const peer of peers) scene.intake.onDatagram(scene.request({ password, state }), peer);
      await scene.intake.idle();
      expect(await scene.audited()).to.deep.equal(['accept accepted']);
      expect(peers.filter((peer) => peer.unread > 0)).to.have.length(1);
    });

    it('two challenges answered with one code: one is accepted, the other is told that it was used', async () => {
      const other = stateOf(await scene.ask());
      const password = scene.code();
      const replies = await Promise.all(
        [state, other].map((each) => scene.ask({ password, state: each }, elsewhere())),
      );
      expect(replies.map(({ code }) => code)).to.have.members([Code.accessAccept, Code.accessChallenge]);
    });
  });
