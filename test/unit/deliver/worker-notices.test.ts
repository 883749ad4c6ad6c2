import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { approvalRandom, type ApprovalRandom } from '../../../src/approval/approval.ts';
import { beginApproval, type BeginApprovalInput } from '../../../src/approval/begin-approval.ts';
import { decideApproval } from '../../../src/approval/decide-approval.ts';
import { systemClock } from '../../../src/clock.ts';
import type { Channel, Message, Provider, SendResult } from '../../../src/deliver/channel.ts';
import { NtfyChannel } from '../../../src/deliver/ntfy.ts';
import { bootId } from '../../../src/store/host-time.ts';
import { listOutbox } from '../../../src/store/list-outbox.ts';
import { SmsGateway } from '../../peer/sms-gateway.ts';
import { approvalInput, decideInput } from '../../support/approval-input.ts';
import { WorkerScene } from '../../support/worker-scene.ts';

describe('deliver: the worker and notices', () => {
  const scene = new WorkerScene();
  const { settled } = scene;
  const start = (providers: readonly Provider[]): void => scene.start(providers, 1);
  const provider = (name: string, methods: Provider['methods'], channel: Channel): Provider => ({
    name,
    methods,
    channel,
    timeout: 5_000,
    senders: [],
  });
  const scripted = (result: SendResult, calls: Message[] = []): Channel => ({
    send: async (message) => {
      calls.push(message);
      return result;
    },
    close: async () => undefined,
  });
  const taken: SendResult = { kind: 'sent', providerId: null };
  const refusal: SendResult = { kind: 'refused', why: 'no', permanent: false };
  const time = () => ({ boot: bootId(), now: Math.floor(systemClock.monotonic()) });

  const ask = async (own: Partial<BeginApprovalInput> = {}): Promise<ApprovalRandom> => {
    const userId = await scene.scratch.addUser({ names: ['alice@corp'] });
    const random = approvalRandom();
    const now = systemClock.wall();
    const asked = approvalInput({ userId, userName: 'alice@corp' }, random, now, randomUUID());
    const begun = await scene.scratch.store.run(beginApproval, {
      ...asked,
      device: '198.51.100.7',
      channels: ['notify'],
      url: 'https://mfa.corp.example',
      order: ['store'],
      time: time(),
      ...own,
    });
    expect(begun).to.include({ kind: 'asked', target: 'alice@corp' });
    return random;
  };
  /** "This was not me" on the page, with an administrator to be told. */
  const report = async ({ token }: ApprovalRandom): Promise<string> => {
    const outboxId = randomUUID();
    const decided = await scene.scratch.store.run(decideApproval, {
      ...decideInput(token, systemClock.wall()),
      decision: 'fraud',
      alerts: [{ to: 'security@corp.example', outboxId }],
      time: time(),
    });
    expect(decided.kind).to.equal('fraud');
    return outboxId;
  };

  it('a notice goes by ntfy to the next server that takes it, and its link stands in no log and no list', async () => {
    const [first, second] = await Promise.all([SmsGateway.start(), SmsGateway.start()]);
    const random = await ask();
    const secret = random.token.toString('base64url');
    first.behaviour = {
      kind: 'answer',
      status: 500,
      body: JSON.stringify({ error: `could not keep https://mfa.corp.example/a/${secret} for pre-alice_40corp` }),
    };
    const ntfy = ({ url }: SmsGateway): Channel =>
      new NtfyChannel({ url, topic: 'pre-{user}', token: 'tk_secret' }, systemClock);
    start([
      provider('sms', ['sms'], scripted(taken)),
      provider('first', ['notify'], ntfy(first)),
      provider('second', ['notify'], ntfy(second)),
    ]);
    const { state } = await settled.waitFor((each) => each.id === random.outboxId, 'the notice');
    expect(state).to.equal('sent');
    const body = JSON.parse(second.calls.entries[0]?.body ?? '') as Readonly<Record<string, unknown>>;
    expect(body).to.include({ topic: 'pre-alice_40corp', click: `https://mfa.corp.example/a/${secret}` });
    const filter = { state: null, userId: null, limit: 10, offset: 0 };
    const { messages } = await scene.scratch.store.run(listOutbox, filter);
    expect(messages[0]).to.include({ method: 'notify', target: 'alice@corp', state: 'sent', provider: 'second' });
    expect(scene.lines.some(({ msg }) => String(msg).includes('could not keep'))).to.equal(true);
    for (const told of [scene.lines, messages])
      expect(JSON.stringify(told)).not.to.match(new RegExp(`${secret}|tk_sec`));
    expect(await scene.scratch.row('SELECT sealed FROM outbox')).to.deep.equal({ sealed: null });
    await Promise.all([first.stop(), second.stop()]);
  });

  it('where the page asks for a number, the notice has no address that approves', async () => {
    const calls: Message[] = [];
    start([provider('n', ['notify'], scripted(taken, calls))]);
    const { outboxId } = await ask({ typed: { number: 42, numbers: [17, 42, 63] } });
    scene.worker?.nudge();
    await settled.waitFor((each) => each.id === outboxId, 'the notice');
    expect(calls[0]?.actions).to.include({ approve: null, client: 'vpn' });
    expect(calls[0]?.actions?.decline).to.match(/\/decline$/);
  });

  it('a notice that nobody takes is given up, and a mail to administrators is tried on', async () => {
    const random = await ask();
    const alert = await report(random);
    // As after many rounds.
    await scene.scratch.execute('UPDATE outbox SET tries = 9');
    start([provider('down', ['notify', 'email'], scripted(refusal))]);
    expect((await settled.waitFor((each) => each.id === random.outboxId, 'the notice')).state).to.equal('failed');
    expect((await settled.waitFor((each) => each.id === alert, 'the mail')).state).to.equal('queued');
    const { wait } = await scene.scratch.row("SELECT due - ? AS wait FROM outbox WHERE state = 'queued'", time().now);
    expect(wait).to.be.within(240_000, 300_000);
  });
});
