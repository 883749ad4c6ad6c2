import { expect } from 'chai';
import { decideApproval, type DecideOutput, type Decision } from '../../../src/approval/decide-approval.ts';
import { asAsked } from '../../../src/primary/primary.ts';
import { bootId } from '../../../src/store/host-time.ts';
import { takeMessages } from '../../../src/store/take-messages.ts';
import { aNas, nasSecret } from '../../support/a-nas.ts';
import { decideInput } from '../../support/approval-input.ts';
import { FakePeer } from '../../support/fake-peer.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { ScratchStore } from '../../support/scratch-store.ts';
import { execute } from '../../support/test-transactions.ts';
import { attribute, Code, statusServer, Type, valuesOfType, verifySignedReply } from '../../peer/packet-bytes.ts';

describe('login: approvals from the intake on', function () {
  this.timeout(60_000);
  let scratch: ScratchStore;
  let scene: IntakeScene;

  const open = async (deadline: number, approval: 'auto' | 'first' = 'first'): Promise<void> => {
    scene = await IntakeScene.open(scratch, {
      approvals: true,
      clients: [{ nas: aNas({ deadline, approval, passwordless: true }), addresses: ['192.0.2.0/24'] }],
    });
    await setPhone('u1');
    scene.primary.answers(() => ({ kind: 'ok', granted: [], person: asAsked }));
  };
  const setPhone = (id: string): Promise<unknown> =>
    scratch.store.run(execute, {
      sql: "UPDATE users SET phone = '+33612345612' WHERE id = ?",
      parameters: [id],
    });
  /** The secrets of the links that were sent, oldest first. */
  const sent = async (): Promise<Buffer[]> => {
    const { taken } = await scratch.store.run(takeMessages, {
      owner: 'test',
      room: { sms: 2_000, voice: 0, email: 0, notify: 2_000, push: 2_000 },
      time: { boot: bootId(), now: Math.floor(scene.clock.monotonic()) },
      lease: 1_000,
      wall: scene.clock.wall(),
    });
    return taken.map(({ envelope }) => Buffer.from(envelope.actions?.link.split('/a/')[1] ?? '', 'base64url'));
  };
  const decide = async (token: Buffer | undefined, decision: Decision): Promise<DecideOutput> => {
    const input = decideInput(token ?? expect.fail('no link'), scene.clock.wall());
    return scratch.store.run(decideApproval, { ...input, decision });
  };
  const waiting = (count: number): Promise<void> => until(() => scene.waits.size === count);
  const from = (address: string) => [attribute(31, address)];

  beforeEach(async () => {
    scratch = await ScratchStore.open();
  });
  afterEach(async () => {
    await scene.close();
    await scratch.remove();
  });

  it('a press of another node ends the wait, by what the store says', async () => {
    await open(20_000);
    const request = scene.request({ password: null });
    const peer = new FakePeer();
    scene.intake.onDatagram(request, peer);
    await waiting(1);
    const [token] = await sent();
    // Nobody tells those who wait: as if it were pressed elsewhere.
    await decide(token, 'approve');
    expect(verifySignedReply(await peer.next(), request, nasSecret).code).to.equal(Code.accessAccept);
  });

  it('its own retransmissions are silent, a request by another port joins, and all are answered', async () => {
    await open(20_000);
    const request = scene.request({ attributes: from('203.0.113.5') });
    const [peer, other] = [new FakePeer(), new FakePeer({ port: 40_001 })];
    scene.intake.onDatagram(request, peer);
    await waiting(1);
    for (let i = 0; i < 50; i++) scene.intake.onDatagram(request, peer);
    const again = scene.request({ attributes: from('203.0.113.5') });
    scene.intake.onDatagram(again, other);
    await until(() => scene.primary.asked.entries.length === 2);
    const tokens = await sent();
    expect(tokens).to.have.length(1);
    await decide(tokens[0], 'approve');
    expect(verifySignedReply(await peer.next(), request, nasSecret).code).to.equal(Code.accessAccept);
    expect(verifySignedReply(await other.next(), again, nasSecret).code).to.equal(Code.accessAccept);
    expect([peer.unread, other.unread]).to.deep.equal([0, 0]);
    expect(scene.primary.asked.entries).to.have.length(2);
  });

  it('a request whose own password is wrong does not join', async () => {
    await open(20_000);
    const owner = scene.request({ attributes: from('203.0.113.5') });
    const peer = new FakePeer();
    scene.intake.onDatagram(owner, peer);
    await waiting(1);
    scene.primary.answers(() => ({ kind: 'bad', relayed: undefined, reason: 'password-wrong' }));
    const thief = await scene.ask(
      { password: 'guess', attributes: from('203.0.113.5') },
      new FakePeer({ port: 6_666 }),
    );
    expect(thief.code).to.equal(Code.accessReject);
    await decide((await sent())[0], 'decline');
    expect(verifySignedReply(await peer.next(), owner, nasSecret).code).to.equal(Code.accessReject);
  });

  it('where no prompt can follow, nobody answering is a Reject before the NAS gives up', async () => {
    await open(1_000);
    const reply = await scene.ask({ password: null, attributes: from('203.0.113.5') });
    expect(reply.code).to.equal(Code.accessReject);
    expect(valuesOfType(reply, Type.replyMessage).map(String)).to.deep.equal([
      'The login was not approved in time. Please log in again.',
    ]);
    expect(scene.logged({ reason: 'approval-unanswered' })).to.have.length(1);
  });

  it('where the NAS has no time for it, the prompt goes on at once; a code of the app serves as well', async () => {
    await open(4_000);
    const question = await scene.ask({ attributes: from('203.0.113.5') });
    expect(question.code).to.equal(Code.accessChallenge);
    expect(valuesOfType(question, Type.replyMessage).map(String).join('')).to.match(/pick \d\d there.*\(or type app\)/);
    const [state] = valuesOfType(question, Type.state);
    const reply = await scene.ask({ password: scene.code(), state });
    expect(reply.code).to.equal(Code.accessAccept);
  });

  it('a word asks for an approval where a code comes first', async () => {
    await open(20_000, 'auto');
    const question = await scene.ask({ attributes: from('203.0.113.5') });
    expect(valuesOfType(question, Type.replyMessage).map(String)).to.deep.equal([
      'Enter your code (or type approve): ',
    ]);
    const [state] = valuesOfType(question, Type.state);
    const answer = scene.request({ password: 'approve', state, attributes: from('203.0.113.5') });
    const peer = new FakePeer();
    scene.intake.onDatagram(answer, peer);
    await waiting(1);
    await decide((await sent())[0], 'approve');
    expect(verifySignedReply(await peer.next(), answer, nasSecret).code).to.equal(Code.accessAccept);
  });

  it('a fourth is not asked after three that nobody answered: a code is, until a login succeeds', async () => {
    await open(4_000);
    for (let i = 0; i < 3; i++) await scene.ask({ attributes: from(`203.0.113.${i}`) });
    const fourth = await scene.ask({ attributes: from('203.0.113.4') });
    expect(valuesOfType(fourth, Type.replyMessage).map(String)).to.deep.equal(['Code: ']);
    expect(await sent()).to.have.length(3);
    const [state] = valuesOfType(fourth, Type.state);
    expect((await scene.ask({ password: scene.code(), state })).code).to.equal(Code.accessAccept);
    const fifth = await scene.ask({ attributes: from('203.0.113.5') });
    expect(valuesOfType(fifth, Type.replyMessage).map(String).join('')).to.match(/^Open your approvals/);
  });

  it('no reply leaves without its row: a store that fails is silence, and the press is not lost', async () => {
    await open(20_000);
    const peer = new FakePeer();
    const request = scene.request({ attributes: from('203.0.113.5') });
    scene.intake.onDatagram(request, peer);
    await waiting(1);
    const [token] = await sent();
    scene.store.fail('record');
    await decide(token, 'approve');
    await scene.intake.idle();
    expect(peer.unread).to.equal(0);
    scene.store.mend();
    // The NAS asks again, with a new request: the answer is there still.
    expect((await scene.ask({ attributes: from('203.0.113.5') })).code).to.equal(Code.accessAccept);
  });

  it('a thousand logins wait at once; Status-Server is answered meanwhile, and each gets its own answer', async () => {
    await open(60_000);
    const many = 1_000;
    for (let i = 0; i < many; i++) {
      const id = await scratch.addUser({ names: [`user${i}`] });
      await setPhone(id);
    }
    const before = process.memoryUsage().heapUsed;
    const peers = Array.from({ length: many }, (_, i) => new FakePeer({ port: 10_000 + i }));
    const requests = peers.map((peer, i) => {
      const bytes = scene.request({ user: `user${i}`, attributes: from(`198.51.100.${i % 250}`) });
      scene.intake.onDatagram(bytes, peer);
      return bytes;
    });
    await waiting(many);
    const each = Math.round((process.memoryUsage().heapUsed - before) / many);
    const asked = performance.now();
    const probe = statusServer({ identifier: 7, secret: nasSecret });
    const prober = new FakePeer({ port: 9_999 });
    scene.intake.onDatagram(probe, prober);
    verifySignedReply(await prober.next(), probe, nasSecret);
    process.stdout.write(
      `        ${many} waiting: ${each} octets of heap each, Status-Server after ${(performance.now() - asked).toFixed(1)} ms\n`,
    );
    const tokens = await sent();
    expect(tokens).to.have.length(many);
    for (const [i, token] of tokens.entries()) await decide(token, i % 2 === 0 ? 'approve' : 'decline');
    let accepts = 0;
    for (const [i, peer] of peers.entries()) {
      const reply = verifySignedReply(await peer.next(), requests[i] ?? expect.fail('no request'), nasSecret);
      if (reply.code === Code.accessAccept) accepts++;
    }
    expect(accepts).to.equal(many / 2);
  });
});

/** Looks again with each turn of the event loop. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
