import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import type { Channel, Message, Provider, SendResult } from '../../../src/deliver/channel.ts';
import { Circuit } from '../../../src/deliver/circuit.ts';
import { HttpChannel } from '../../../src/deliver/http.ts';
import { beginSentCode } from '../../../src/factor/sent-code.ts';
import { bootId } from '../../../src/store/host-time.ts';
import { Journal } from '../../peer/journal.ts';
import { SmsGateway, type Behaviour } from '../../peer/sms-gateway.ts';
import { beginInput } from '../../support/begin-input.ts';
import { httpOptions } from '../../support/http-options.ts';
import { WorkerScene } from '../../support/worker-scene.ts';

describe('deliver: the worker', () => {
  const scene = new WorkerScene();
  const { settled } = scene;
  const start = (providers: readonly Provider[], most = 8): void => scene.start(providers, most);
  let users = 0;
  const queue = async (code: string, known?: string): Promise<string> => {
    const userId = known ?? (await scene.scratch.addUser({ names: [`user ${users++}`] }));
    await scene.scratch.execute("UPDATE users SET phone = '+33612345612' WHERE id = ?", userId);
    const time = { boot: bootId(), now: Math.floor(systemClock.monotonic()) };
    const input = { ...beginInput(userId, code, systemClock.wall()), time };
    await scene.scratch.store.run(beginSentCode, input);
    scene.worker?.nudge();
    return input.outboxId;
  };
  const provider = (name: string, channel: Channel, timeout = 5_000): Provider => ({
    name,
    methods: ['sms'],
    channel,
    timeout,
    senders: [{ prefix: '+33', sender: 'FR' }],
  });
  const http = (gateway: SmsGateway, name: string, timeout?: number): Provider =>
    provider(name, new HttpChannel(httpOptions(gateway.url), systemClock), timeout);
  const scripted = (results: readonly SendResult[], calls: Message[] = []): Channel => ({
    send: async (message) => {
      calls.push(message);
      return results[calls.length - 1] ?? { kind: 'sent', providerId: null };
    },
    close: async () => undefined,
  });
  const refusal = { kind: 'refused', why: 'no', permanent: false } as const;

  it('messages of one user that fail are no outage', async () => {
    start([provider('only', scripted(Array.from({ length: 9 }, () => refusal)))]);
    const userId = await scene.scratch.addUser({ names: ['mallory'] });
    await scene.scratch.execute("UPDATE users SET phone = '+33612345612' WHERE id = ?", userId);
    for (let i = 0; i < 4; i++) {
      const id = await queue('918273', userId);
      await settled.waitFor((each) => each.id === id, 'the message');
    }
    expect(scene.worker?.isDown('sms')).to.equal(false);
    expect(scene.worker?.providers.map(({ isUp }) => isUp)).to.deep.equal([true]);
  });

  it('nothing works by a method once each of its providers has failed to three users, and none is another thing', async () => {
    const failing = Array.from({ length: 9 }, () => refusal);
    start([provider('first', scripted(failing)), provider('second', scripted(failing))]);
    for (const failures of [0, 1, 2]) {
      expect(scene.worker?.isDown('sms'), String(failures)).to.equal(false);
      const id = await queue('918273');
      await settled.waitFor((each) => each.id === id, 'the message');
    }
    expect(scene.worker?.isDown('sms')).to.equal(true);
    expect(scene.worker?.isDown('email')).to.equal(false);
  });

  for (const [what, behaviour] of [
    ['answers 500', { kind: 'answer', status: 500, body: '' }],
    ['asks for fewer messages', { kind: 'answer', status: 429, body: '', headers: { 'retry-after': '30' } }],
    ['hangs', { kind: 'hung' }],
    ['breaks', { kind: 'broken' }],
  ] as const satisfies readonly (readonly [string, Behaviour])[])
    it(`the first provider ${what}: the second one sends at once, within its deadline`, async () => {
      const [first, second] = await Promise.all([SmsGateway.start(), SmsGateway.start()]);
      first.behaviour = behaviour;
      start([http(first, 'first', 1_000), http(second, 'second')]);
      const began = systemClock.monotonic();
      const id = await queue('918273');
      const { state } = await settled.waitFor((each) => each.id === id, 'the message');
      expect(state).to.equal('sent');
      expect(systemClock.monotonic() - began).to.be.below(3_000);
      expect(second.calls.entries).to.have.length(1);
      expect(await scene.scratch.row('SELECT state, provider, sealed FROM outbox')).to.deep.equal({
        state: 'sent',
        provider: 'second',
        sealed: null,
      });
      expect(JSON.stringify(scene.lines)).not.to.match(/918273|612345612/);
      await Promise.all([first.stop(), second.stop()]);
    });

  it('a provider that fails on and on is asked last, until its pause is over', async () => {
    const calls: Message[] = [];
    const bad = scripted(
      Array.from({ length: 10 }, () => refusal),
      calls,
    );
    start([provider('bad', bad), provider('good', scripted([]))], 1);
    for (let i = 0; i < 5; i++) {
      const id = await queue('123456');
      await settled.waitFor((each) => each.id === id, 'the message');
    }
    expect(calls).to.have.length(3);
    expect(calls[0]?.from).to.equal('FR');
    expect(scene.lines.filter(({ msg }) => String(msg).includes('several times in a row'))).to.have.length(1);
  });

  it('tries again after a while what nobody has taken, and not what all refuse for good', async () => {
    const calls: Message[] = [];
    start([provider('flaky', scripted([refusal], calls))]);
    const id = await queue('123456');
    await settled.waitFor((each) => each.id === id && each.state === 'queued', 'the first round');
    await settled.waitFor((each) => each.id === id && each.state === 'sent', 'the second round');
    expect(calls.map((each) => each.id)).to.deep.equal([id, id]);
    await scene.worker?.stop(1_000);
    start([provider('strict', scripted([{ kind: 'refused', why: 'no such number', permanent: true }]))]);
    const other = await queue('123456');
    expect((await settled.waitFor((each) => each.id === other, 'the end')).state).to.equal('failed');
  });

  it('says that no provider has the channel', async () => {
    start([]);
    const id = await queue('123456');
    expect((await settled.waitFor((each) => each.id === id, 'the end')).state).to.equal('failed');
    expect((await scene.scratch.row('SELECT why FROM outbox'))['why']).to.equal(
      'no [[provider]] has the channel "sms"',
    );
  });

  it('has no more under way than it may, and ends what is under way when it stops', async () => {
    let [now, most] = [0, 0];
    const release: (() => void)[] = [];
    const begun = new Journal<number>();
    const slow: Channel = {
      send: async () => {
        most = Math.max(most, ++now);
        begun.add(now);
        await new Promise<void>((resolve) => release.push(resolve));
        now--;
        return { kind: 'sent', providerId: null };
      },
      close: async () => undefined,
    };
    start([provider('slow', slow)], 2);
    for (let i = 0; i < 5; i++) await queue('123456');
    await begun.waitFor((each) => each === 2, 'two under way');
    const stopped = scene.worker?.stop(5_000);
    for (const each of release) each();
    await stopped;
    expect(most).to.equal(2);
    const states = await scene.scratch.query('SELECT state FROM outbox ORDER BY state');
    expect(states.map(({ state }) => state)).to.deep.equal(['queued', 'queued', 'queued', 'sent', 'sent']);
  });
});

describe('deliver: the circuit', () => {
  const sent = { kind: 'sent', providerId: null } as const;
  const refusal = { kind: 'refused', why: 'no', permanent: false } as const;

  const toAll = { ...refusal, toAll: true } as const;
  const broken = { kind: 'unsure', why: 'HTTP 500' } as const;

  it('opens after failures to three users, for 30 s, and closes with a success', () => {
    const circuit = new Circuit();
    expect(['ann', 'bob'].map((user) => circuit.note(refusal, user, 0))).to.deep.equal([undefined, undefined]);
    expect(circuit.isOpen(0)).to.equal(false);
    expect(circuit.note(broken, 'eve', 0)).to.equal('opened');
    expect(circuit.isOpen(29_999)).to.equal(true);
    expect(circuit.isOpen(30_000)).to.equal(false);
    expect(circuit.note(refusal, 'ann', 30_000)).to.equal(undefined);
    expect(circuit.isOpen(30_001)).to.equal(true);
    expect(circuit.note(sent, 'ann', 60_000)).to.equal('closed');
    expect(circuit.isOpen(60_000)).to.equal(false);
  });

  for (const [what, failure] of [
    ['refused for now', refusal],
    ['answered 500, or not at all', broken],
    ['refused for now, with Retry-After', { ...refusal, retryAfter: 600_000 }],
  ] as const)
    it(`of one user, however many messages are ${what}, never opens, nor stays open`, () => {
      const circuit = new Circuit();
      for (let i = 0; i < 50; i++) circuit.note(failure, 'mallory', i);
      expect(circuit.isOpen(50)).to.equal(false);
      circuit.note(failure, 'ann', 60);
      expect(circuit.isOpen(60)).to.equal(false);
      circuit.note(failure, 'bob', 70);
      expect(circuit.isOpen(70)).to.equal(true);
      // Half open again, nobody but mallory asks.
      circuit.note(failure, 'mallory', 30_080);
      expect(circuit.isOpen(30_081)).to.equal(true);
      for (let i = 0; i < 50; i++) circuit.note(failure, 'mallory', 60_090 + i);
      expect(circuit.isOpen(60_200)).to.equal(false);
    });

  it('opens after three failures that have nothing to do with the message, whoever it was for', () => {
    const circuit = new Circuit();
    expect([1, 2, 3].map(() => circuit.note(toAll, 'ann', 0))).to.deep.equal([undefined, undefined, 'opened']);
    expect(circuit.isOpen(0)).to.equal(true);
    circuit.note(toAll, 'ann', 30_000);
    expect(circuit.isOpen(30_001)).to.equal(true);
  });

  it('goes last at once where Retry-After asks for it, which is no outage, and takes no recipient for a fault of the provider', () => {
    const circuit = new Circuit();
    circuit.note({ ...refusal, retryAfter: 5_000 }, 'ann', 0);
    circuit.note(refusal, 'bob', 1_000);
    expect([circuit.isLast(4_999), circuit.isLast(5_000), circuit.isOpen(1_000)]).to.deep.equal([true, false, false]);
    for (const user of ['ann', 'bob', 'eve', 'kim']) circuit.note({ ...refusal, permanent: true }, user, 6_000);
    expect([circuit.isLast(6_000), circuit.isOpen(6_000)]).to.deep.equal([false, false]);
  });
});
