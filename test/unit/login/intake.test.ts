import { expect } from 'chai';
import type { PrimaryResult } from '../../../src/primary/primary.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { aNas, nasSecret } from '../../support/a-nas.ts';
import { FakePeer } from '../../support/fake-peer.ts';
import { IntakeScene, type IntakeSceneOptions } from '../../support/intake-scene.ts';
import { sharedStore } from '../../support/shared-store.ts';
import {
  attribute,
  Code,
  hidePassword,
  statusServer,
  Type,
  valuesOfType,
  verifySignedReply,
  type RawPacket,
} from '../../peer/packet-bytes.ts';
import { provenAsAsked, wrongPassword } from '../../support/primary-requests.ts';

const textOf = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');

/** A promise that the test settles. */
function later<T>(): { readonly promise: Promise<T>; readonly settle: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (settle = resolve));
  return { promise, settle };
}

describe('login/intake', () => {
  const stored = sharedStore();
  let scene: IntakeScene;
  const open = async (options: IntakeSceneOptions = {}): Promise<void> => {
    scene = await IntakeScene.open(stored.scratch, options);
  };
  afterEach(() => scene.close());

  describe('who may ask', () => {
    it('nobody else gets an answer, not even to a Status-Server; one line says which address knocked', async () => {
      await open();
      const stranger = new FakePeer({ address: '198.51.100.1' });
      for (let i = 0; i < 20; i++) scene.intake.onDatagram(scene.request(), stranger);
      scene.intake.onDatagram(statusServer({ identifier: 1, secret: nasSecret }), stranger);
      await scene.ask();
      expect(stranger.replies.entries).to.deep.equal([]);
      const lines = scene.logged({ reason: 'unknown-client' });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ address: '198.51.100.1', level: 40 });
    });

    it('a source that is IPv4 mapped into IPv6 is the IPv4 client', async () => {
      await open();
      const reply = await scene.ask({ password: 'wrong' }, new FakePeer({ address: '::ffff:192.0.2.10' }));
      expect(reply.code).to.equal(Code.accessReject);
      expect(scene.logged({ verdict: 'reject' })[0]).to.include({ address: '192.0.2.10' });
    });

    it('NAS-IP-Address and NAS-Identifier choose no client', async () => {
      await open();
      const attributes = [attribute(4, Buffer.of(192, 0, 2, 10)), attribute(32, 'vpn')];
      const stranger = new FakePeer({ address: '198.51.100.1' });
      scene.intake.onDatagram(scene.request({ attributes }), stranger);
      await scene.ask();
      expect(stranger.replies.entries).to.deep.equal([]);
    });
  });

  describe('what is silent', () => {
    beforeEach(() => open());

    for (const [what, spoil] of [
      ['fewer than 20 octets', (packet: Buffer) => packet.subarray(0, 19)],
      ['a datagram shorter than its Length', (packet: Buffer) => packet.subarray(0, -1)],
      [
        'a Length of 19',
        (packet: Buffer) => Buffer.concat([packet.subarray(0, 2), Buffer.of(0, 19), packet.subarray(4)]),
      ],
      ['no octets', () => Buffer.alloc(0)],
      ['code 0', (packet: Buffer) => Buffer.concat([Buffer.of(0), packet.subarray(1)])],
      ['an Access-Accept', (packet: Buffer) => Buffer.concat([Buffer.of(2), packet.subarray(1)])],
      ['an Accounting-Request', (packet: Buffer) => Buffer.concat([Buffer.of(4), packet.subarray(1)])],
      ['an unknown code', (packet: Buffer) => Buffer.concat([Buffer.of(200), packet.subarray(1)])],
      [
        'an altered octet',
        (packet: Buffer) => Buffer.concat([packet.subarray(0, -1), Buffer.of((packet.at(-1) ?? 0) ^ 1)]),
      ],
    ] as const)
      it(what, async () => {
        await scene.expectSilence(spoil(scene.request()));
        expect(scene.primary.asked.entries).to.deep.equal([]);
        expect(scene.logged({ level: 50 }), 'errors').to.deep.equal([]);
      });

    it('a request with several credentials, a repeated name or a User-Password of a wrong size, and its copy', async () => {
      for (const attributes of [
        [attribute(3, Buffer.alloc(17))],
        [attribute(79, Buffer.alloc(4))],
        [attribute(2, Buffer.alloc(16))],
        [attribute(1, 'alice')],
      ]) {
        const request = scene.request({ attributes });
        await scene.expectSilence(request);
        await scene.expectSilence(request);
      }
      await scene.expectSilence(scene.request({ password: null, attributes: [attribute(2, Buffer.alloc(15))] }));
      expect(scene.primary.asked.entries).to.deep.equal([]);
    });
  });

  describe('Status-Server (RFC 5997)', () => {
    it('is answered by itself, each time, and never forwarded', async () => {
      await open();
      const peer = new FakePeer();
      const query = statusServer({ identifier: 9, secret: nasSecret, attributes: [attribute(33, 'proxy')] });
      for (let i = 0; i < 3; i++) {
        scene.intake.onDatagram(query, peer);
        const reply = verifySignedReply(await peer.next(), query, nasSecret);
        expect(reply.code).to.equal(Code.accessAccept);
        expect(reply.attributes.map(({ type }) => type)).to.deep.equal([80, 33]);
      }
      expect(scene.primary.asked.entries).to.deep.equal([]);
      expect(await scene.audited()).to.deep.equal([]);
    });

    it('says why logins will fail, for as long as they will, and is answered all the same', async () => {
      await open();
      const peer = new FakePeer();
      const query = statusServer({ identifier: 9, secret: nasSecret });
      const texts: string[][] = [];
      for (const unready of [['the store cannot commit', 'no server of any primary answers'], []]) {
        scene.unready = unready;
        scene.intake.onDatagram(query, peer);
        const reply = verifySignedReply(await peer.next(), query, nasSecret);
        expect(reply.code).to.equal(Code.accessAccept);
        texts.push(valuesOfType(reply, Type.replyMessage).map(String));
      }
      expect(texts).to.deep.equal([
        ['not ready: the store cannot commit', 'not ready: no server of any primary answers'],
        [],
      ]);
    });

    it('without Message-Authenticator or with a wrong one meets silence', async () => {
      await open({ clients: [{ nas: aNas({ messageAuthenticator: 'off' }), addresses: ['192.0.2.10'] }] });
      for (const messageAuthenticator of ['none', 'wrong'] as const)
        await scene.expectSilence(statusServer({ identifier: 9, secret: nasSecret, messageAuthenticator }));
    });

    it('is no sign that the client signs its requests', async () => {
      await open();
      const peer = new FakePeer();
      scene.intake.onDatagram(statusServer({ identifier: 9, secret: nasSecret }), peer);
      await peer.next();
      expect((await scene.ask({ messageAuthenticator: 'none' })).code).to.equal(Code.accessChallenge);
    });
  });

  describe('figures', () => {
    it('count requests, their copies, replies and logins by client, and what was dropped by reason alone', async () => {
      await open();
      const peer = new FakePeer();
      const request = scene.request({ identifier: 1 });
      for (let i = 0; i < 2; i++) {
        scene.intake.onDatagram(request, peer);
        await peer.next();
      }
      scene.intake.onDatagram(statusServer({ identifier: 9, secret: nasSecret }), peer);
      await peer.next();
      await scene.expectSilence(statusServer({ identifier: 9, secret: nasSecret, messageAuthenticator: 'wrong' }));
      const { requests, duplicates, replies, challenges, logins, requestsTook } = scene.traffic;
      expect([requests.of('vpn', 'Access-Request'), duplicates.of('vpn')]).to.deep.equal([2, 1]);
      expect([requests.of('vpn', 'Status-Server'), replies.of('vpn', 'Access-Accept')].every((n) => n > 0)).to.equal(
        true,
      );
      expect(replies.of('vpn', 'Access-Challenge')).to.equal(2);
      expect(challenges.counted()).to.deep.equal([{ values: ['vpn', 'code-asked'], count: 1 }]);
      expect(logins.counted()).to.deep.equal([]);
      expect(requestsTook.count).to.equal(1);
      expect(scene.drops.dropped.counted().filter(({ count }) => count > 0)).to.deep.equal([
        { values: ['message-authenticator-wrong'], count: 1 },
      ]);
    });
  });

  describe('Message-Authenticator', () => {
    it('"auto": once an address has sent one it must, over a restart too; others need not', async () => {
      await open();
      const [one, other] = [new FakePeer(), new FakePeer({ address: '192.0.2.11' })];
      expect((await scene.ask({ messageAuthenticator: 'none' }, one)).code).to.equal(Code.accessChallenge);
      expect((await scene.ask({}, one)).code).to.equal(Code.accessChallenge);
      await scene.expectSilence(scene.request({ messageAuthenticator: 'none' }), one);
      expect((await scene.ask({ messageAuthenticator: 'none' }, other)).code).to.equal(Code.accessChallenge);
      await scene.store.done.waitFor((name) => name === 'remember-seen-authenticator', 'it to be remembered');
      const rows = await scene.scratch.query('SELECT role, address FROM seen_authenticators');
      expect(rows).to.deep.equal([{ role: 'client', address: '192.0.2.10' }]);
    });

    it('a forged one teaches nothing', async () => {
      await open();
      await scene.expectSilence(scene.request({ messageAuthenticator: 'wrong' }));
      expect((await scene.ask({ messageAuthenticator: 'none' })).code).to.equal(Code.accessChallenge);
    });

    it('"off" forgets', async () => {
      await open({ clients: [{ nas: aNas({ messageAuthenticator: 'off' }), addresses: ['192.0.2.10'] }] });
      scene.seen.add('client', '192.0.2.10');
      await scene.ask();
      expect(scene.seen.has('client', '192.0.2.10')).to.equal(false);
      expect((await scene.ask({ messageAuthenticator: 'none' })).code).to.equal(Code.accessChallenge);
    });
  });

  describe('during a rotation of the secret', () => {
    const nextSecret = 'the secret from next month on';
    const rotating = aNas({ secretNext: new SharedSecret(Buffer.from(nextSecret)) });

    it('both secrets are good, each for its own request: password, Message-Authenticator and reply', async () => {
      await open({ clients: [{ nas: rotating, addresses: ['192.0.2.0/24'] }] });
      for (const secret of [nasSecret, nextSecret, nasSecret]) {
        expect((await scene.ask({ secret })).code).to.equal(Code.accessChallenge);
        expect((await scene.ask({ secret, password: 'wrong' })).code).to.equal(Code.accessReject);
      }
      const lines = scene.logged({ level: 30 }).filter(({ msg }) => /secret_next/.test(String(msg)));
      expect(lines, 'one line says that it is used').to.have.length(1);
      expect(lines[0]).to.include({ client: 'vpn', address: '192.0.2.10' });
    });

    it('the next one is not tried on a request without Message-Authenticator', async () => {
      await open({ clients: [{ nas: rotating, addresses: ['192.0.2.0/24'] }] });
      const authenticator = Buffer.alloc(16, 3);
      const own = { messageAuthenticator: 'none', authenticator, password: null } as const;
      const hidden = (secret: string) => [attribute(2, hidePassword('right', authenticator, secret))];
      const wrong = await scene.ask({ ...own, attributes: hidden(nextSecret) }, new FakePeer({ port: 1 }));
      expect(wrong.code).to.equal(Code.accessReject);
      const right = await scene.ask({ ...own, attributes: hidden(nasSecret) }, new FakePeer({ port: 2 }));
      expect(right.code).to.equal(Code.accessChallenge);
    });
  });

  describe('duplicates (RFC 5080 section 2.2.2)', () => {
    it('the copy of a request that is being judged meets silence, and of an answered one gets the same bytes', async () => {
      await open();
      const answer = later<PrimaryResult>();
      scene.primary.answers(() => answer.promise);
      const peer = new FakePeer();
      const request = scene.request();
      for (let i = 0; i < 3; i++) scene.intake.onDatagram(request, peer);
      answer.settle(provenAsAsked());
      const reply = await peer.next();
      await scene.intake.idle();
      expect(peer.unread).to.equal(0);
      scene.intake.onDatagram(request, peer);
      expect(await peer.next()).to.deep.equal(reply);
      expect(scene.primary.asked.entries).to.have.length(1);
    });

    it('after the window the copy is judged anew', async () => {
      await open();
      const peer = new FakePeer();
      const request = scene.request();
      scene.intake.onDatagram(request, peer);
      const first = await peer.next();
      scene.clock.pass(10_000);
      scene.intake.onDatagram(request, peer);
      expect(await peer.next()).not.to.deep.equal(first);
      expect(scene.primary.asked.entries).to.have.length(2);
    });

    it('a forged packet with the port and identifier of a login under way neither answers nor evicts it', async () => {
      await open();
      const answer = later<PrimaryResult>();
      scene.primary.answers(() => answer.promise);
      const peer = new FakePeer();
      const request = scene.request();
      scene.intake.onDatagram(request, peer);
      for (const messageAuthenticator of ['wrong', 'none'] as const)
        scene.intake.onDatagram(scene.request({ identifier: request[1] ?? 0, messageAuthenticator }), peer);
      scene.intake.onDatagram(request, peer);
      answer.settle(provenAsAsked());
      expect(verifySignedReply(await peer.next(), request, nasSecret).code).to.equal(Code.accessChallenge);
      await scene.intake.idle();
      expect(peer.unread).to.equal(0);
      expect(scene.primary.asked.entries).to.have.length(1);
    });

    it('where no upstream answered, the copy meets silence and is not tried as a second password', async () => {
      await open();
      scene.primary.answers(() => ({
        kind: 'unreachable',
        why: '192.0.2.5:1812 did not answer in 2 tries',
        asked: true,
      }));
      const request = scene.request();
      const peer = new FakePeer();
      await scene.expectSilence(request, peer);
      await scene.expectSilence(request, peer);
      expect(scene.primary.asked.entries).to.have.length(1);
      expect(await scene.audited()).to.deep.equal(['silence upstream-unreachable']);
      const [line] = scene.logged({ reason: 'upstream-unreachable' });
      expect(String(line?.['msg'])).to.include('192.0.2.5:1812 did not answer');
    });
  });

  describe('what fails', () => {
    it('a store that cannot write the refusal: silence, and the copy is judged anew', async () => {
      await open();
      scene.store.fail('record');
      const request = scene.request({ password: 'wrong' });
      const peer = new FakePeer();
      await scene.expectSilence(request, peer);
      scene.store.mend();
      scene.intake.onDatagram(request, peer);
      expect(verifySignedReply(await peer.next(), request, nasSecret).code).to.equal(Code.accessReject);
    });

    for (const name of ['identify', 'record'])
      it(`no Accept without its audit row: a store that fails at "${name}" is silence`, async () => {
        await open({ clients: [{ nas: aNas({ factor: 'none' }), addresses: ['192.0.2.10'] }] });
        scene.store.fail(name);
        await scene.expectSilence(scene.request());
      });

    it('a primary that throws is a defect: silence, an error in the log, and the next is served', async () => {
      await open();
      scene.primary.answers(() => {
        throw new Error('a defect');
      });
      await scene.expectSilence(scene.request());
      expect(scene.logged({ level: 50 })).to.have.length(1);
      scene.primary.answers(() => provenAsAsked());
      expect((await scene.ask()).code).to.equal(Code.accessChallenge);
    });

    it('a client whose primary does not exist is a defect: silence', async () => {
      await open({ clients: [{ nas: aNas({ primary: 'gone' }), addresses: ['192.0.2.10'] }] });
      await scene.expectSilence(scene.request());
      expect(scene.logged({ level: 50 })).to.have.length(1);
    });

    it('what throws before a login is judged is a defect: silence, an error in the log, and the next is served', async () => {
      await open();
      const request = scene.request();
      const peer = new FakePeer();
      const { observed } = scene;
      Object.assign(observed, {
        request: () => {
          throw new Error('a defect');
        },
      });
      await scene.expectSilence(request, peer);
      expect(scene.logged({ level: 50 })).to.have.length(1);
      Object.assign(observed, { request: () => undefined });
      scene.intake.onDatagram(request, peer);
      expect(verifySignedReply(await peer.next(), request, nasSecret).code, 'its copy').to.equal(Code.accessChallenge);
    });

    it('a peer whose socket throws ends nothing', async () => {
      await open();
      const broken = new FakePeer();
      Object.assign(broken, {
        send: () => {
          throw new Error('the socket is gone');
        },
      });
      scene.intake.onDatagram(scene.request(), broken);
      scene.intake.onDatagram(statusServer({ identifier: 1, secret: nasSecret }), broken);
      await scene.intake.idle();
      expect((await scene.ask()).code).to.equal(Code.accessChallenge);
    });

    it('what does not fit one reply is refused in words', async () => {
      await open({ clients: [{ nas: aNas({ factor: 'none' }), addresses: ['192.0.2.10'] }] });
      const class253 = { kind: 'plain', ...attribute(25, Buffer.alloc(253)) } as const;
      scene.primary.answers(() => provenAsAsked(Array.from({ length: 16 }, () => class253)));
      const reply = await scene.ask();
      expect(reply.code).to.equal(Code.accessReject);
      expect(textOf(reply)).to.equal('Login failed.');
    });

    it('a request so full of Proxy-States that no reply has room beside them meets silence and is told', async () => {
      await open({ clients: [{ nas: aNas({ limitProxyState: false }), addresses: ['192.0.2.10'] }] });
      // 20 + 3 for User-Name + 18 for User-Password + 15 * 255 + 230 for the Proxy-States.
      const sizes = [...Array<number>(15).fill(253), 228];
      const attributes = sizes.map((size) => attribute(33, Buffer.alloc(size)));
      const request = scene.request({ user: 'a', password: 'wrong', messageAuthenticator: 'none', attributes });
      expect(request).to.have.length(4096);
      const peer = new FakePeer();
      scene.intake.onDatagram(request, peer);
      await scene.intake.idle();
      expect(peer.replies.entries).to.have.length(0);
      expect(scene.logged({ reason: 'no-room-for-reply' })).to.have.length(1);
    });
  });

  describe('bounds', () => {
    it('beyond max_pending a request meets silence and is told; its copy is judged once there is room', async () => {
      await open({ maxPending: 2 });
      const answer = later<PrimaryResult>();
      scene.primary.answers(() => answer.promise);
      const peers = [1, 2, 3].map((port) => new FakePeer({ port }));
      const requests = peers.map((peer) => {
        const request = scene.request();
        scene.intake.onDatagram(request, peer);
        return request;
      });
      expect(scene.intake.pending).to.equal(2);
      expect(scene.logged({ reason: 'overloaded' })).to.have.length(1);
      answer.settle(provenAsAsked());
      await scene.intake.idle();
      expect(peers.map((peer) => peer.unread)).to.deep.equal([1, 1, 0]);
      const [, , peer = new FakePeer()] = peers;
      scene.intake.onDatagram(requests[2] ?? Buffer.alloc(0), peer);
      await peer.next();
    });

    it('beyond max_waiting a login meets silence, and those that wait are kept', async () => {
      await open({ maxWaiting: 1 });
      const [state] = valuesOfType(await scene.ask(), Type.state);
      await scene.expectSilence(scene.request());
      expect(scene.logged({ reason: 'waiting-full' })).to.have.length(1);
      if (!state) throw new Error('no State');
      expect((await scene.ask({ state, password: scene.code() })).code).to.equal(Code.accessAccept);
    });
  });

  describe('reject_delay', () => {
    it('an early refusal waits: a whole login that was begun after it is over before', async () => {
      await open({ rejectDelay: 1_500 });
      const order: string[] = [];
      const [early, late] = [new FakePeer({ port: 1 }), new FakePeer({ port: 2 })];
      scene.intake.onDatagram(scene.request({ password: 'wrong' }), early);
      const refused = early.next().then(() => order.push('refused'));
      await scene.store.done.waitFor((name) => name === 'record', 'the refusal to be written');
      const [state] = valuesOfType(await scene.ask({}, late), Type.state);
      if (!state) throw new Error('no State');
      await scene.ask({ state, password: scene.code() }, late);
      order.push('accepted');
      await refused;
      expect(order).to.deep.equal(['accepted', 'refused']);
    });

    it("an upstream's own refusal and those after a right password do not wait", async () => {
      await open({ rejectDelay: 60_000 });
      scene.primary.answers(() => ({ kind: 'bad', relayed: [{ kind: 'plain', ...attribute(18, 'expired') }] }));
      expect(textOf(await scene.ask())).to.equal('expired');
      scene.primary.answers(() => provenAsAsked());
      expect(textOf(await scene.ask({ user: 'nobody' }))).to.match(/^No second factor/);
    });

    it('is counted from the request: what took longer waits no more', async () => {
      await open({ rejectDelay: 60_000 });
      scene.primary.answers(() => {
        scene.clock.pass(60_000);
        return wrongPassword;
      });
      expect(textOf(await scene.ask())).to.equal('Login failed.');
    });

    it('copies of a refusal that waits meet silence, and then get the same bytes', async () => {
      await open({ rejectDelay: 50 });
      const peer = new FakePeer();
      const request = scene.request({ password: 'wrong' });
      for (let i = 0; i < 5; i++) scene.intake.onDatagram(request, peer);
      const reply = await peer.next();
      await scene.intake.idle();
      expect(peer.unread).to.equal(0);
      scene.intake.onDatagram(request, peer);
      expect(await peer.next()).to.deep.equal(reply);
    });
  });

  it('is idle once every login that was under way is answered', async () => {
    await open();
    await scene.intake.idle();
    const answer = later<PrimaryResult>();
    scene.primary.answers(() => answer.promise);
    const peer = new FakePeer();
    scene.intake.onDatagram(scene.request(), peer);
    let idle = false;
    const waiting = scene.intake.idle().then(() => (idle = true));
    await scene.primary.asked.waitFor(() => true, 'the primary to be asked');
    expect(idle).to.equal(false);
    answer.settle(provenAsAsked());
    await waiting;
    expect(peer.unread).to.equal(1);
  });
});
