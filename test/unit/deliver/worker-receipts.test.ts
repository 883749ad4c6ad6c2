import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import { SmppChannel } from '../../../src/deliver/smpp.ts';
import { beginSentCode } from '../../../src/factor/sent-code.ts';
import { bootId } from '../../../src/store/host-time.ts';
import type { Receipt } from '../../../src/store/note-receipt.ts';
import { Smsc } from '../../peer/smsc.ts';
import { beginInput } from '../../support/begin-input.ts';
import { smppOptions } from '../../support/smpp-options.ts';
import { WorkerScene } from '../../support/worker-scene.ts';

describe('deliver: the worker over SMPP', () => {
  const scene = new WorkerScene();
  let smsc: Smsc;
  let users = 0;

  beforeEach(async () => (smsc = await Smsc.start('secret')));
  afterEach(async () => {
    await scene.worker?.stop(1_000);
    await smsc.stop();
  });

  const start = (port: number, timeout: number): void => {
    const onReceipt: ConstructorParameters<typeof SmppChannel>[0]['onReceipt'] = ({ ids, status }) =>
      scene.worker?.noteReceipt({ provider: 'operator', providerIds: ids, status }) ?? expect.fail('no worker');
    const channel = new SmppChannel(smppOptions(port, { onReceipt }));
    scene.start([{ name: 'operator', methods: ['sms'], channel, timeout, senders: [] }], 8);
  };
  /** Queues a message to a user, and waits for what comes of it. */
  const message = async (userId: string): Promise<string> => {
    await scene.scratch.execute("UPDATE users SET phone = '+33612345612' WHERE id = ?", userId);
    const time = { boot: bootId(), now: Math.floor(systemClock.monotonic()) };
    const input = { ...beginInput(userId, '918273', systemClock.wall()), time };
    await scene.scratch.store.run(beginSentCode, input);
    scene.worker?.nudge();
    return (await scene.settled.waitFor(({ id }) => id === input.outboxId, 'the message')).state;
  };
  const newUser = (): Promise<string> => scene.scratch.addUser({ names: [`user ${users++}`] });
  const looks = (): number => scene.gated.done.entries.filter((name) => name === 'note-receipt').length;
  const receipts = async (): Promise<unknown[]> =>
    (await scene.scratch.query('SELECT receipt FROM outbox')).map(({ receipt }) => receipt);

  it('a receipt that comes before the message is written down is kept by the end', async () => {
    start(smsc.port, 5_000);
    smsc.onSubmit = (_pdu, session) => {
      session.deliver_sm({ esm_class: 4, receipted_message_id: 'm1', message_state: 2 });
      return { message_id: 'm1' };
    };
    expect(await message(await newUser())).to.equal('sent');
    const { command_status: status } = await smsc.pdus.waitFor(
      ({ command }) => command === 'deliver_sm_resp',
      'an answer',
    );
    expect(status).to.equal(0);
    await scene.worker?.stop(1_000);
    expect(await receipts()).to.deep.equal(['DELIVRD']);
  });

  it('and some seconds later, while the service goes on; one that names no message is looked at twice', async () => {
    start(smsc.port, 5_000);
    const receipt: Receipt = { provider: 'operator', providerIds: ['M1', 'm1'], status: 'DELIVRD' };
    await scene.worker?.noteReceipt(receipt);
    await scene.worker?.noteReceipt({ ...receipt, provider: 'another' });
    smsc.onSubmit = () => ({ message_id: 'm1' });
    expect(await message(await newUser())).to.equal('sent');
    await scene.gated.done.waitFor(() => looks() === 4, 'two looks at each');
    expect(await receipts()).to.deep.equal(['DELIVRD']);
    await scene.worker?.stop(1_000);
    expect(looks()).to.equal(4);
  });

  it('a receipt that the store cannot take now is to come again', async () => {
    start(smsc.port, 5_000);
    smsc.onSubmit = () => ({ message_id: 'm1' });
    expect(await message(await newUser())).to.equal('sent');
    const receipt = { esm_class: 4, receipted_message_id: 'm1', message_state: 5 };
    scene.gated.fail('note-receipt');
    expect(await smsc.deliver(receipt)).to.equal(0x64);
    expect(await receipts()).to.deep.equal([null]);
    scene.gated.mend();
    expect(await smsc.deliver(receipt)).to.equal(0);
    expect(await receipts()).to.deep.equal(['UNDELIV']);
  });

  it('a server that takes connections and says nothing is down after three messages to one user', async () => {
    smsc.mayBind = new Promise(() => undefined);
    start(smsc.port, 300);
    const userId = await newUser();
    for (let i = 0; i < 3; i++) {
      expect(scene.worker?.isDown('sms'), String(i)).to.equal(false);
      expect(await message(userId)).to.equal('queued');
    }
    expect(scene.worker?.isDown('sms')).to.equal(true);
  });
});
