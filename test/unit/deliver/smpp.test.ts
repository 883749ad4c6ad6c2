import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import * as fc from 'fast-check';
import smpp, { type Pdu } from 'smpp';
import { shortMessages } from '../../../src/deliver/short-messages.ts';
import { SmppChannel } from '../../../src/deliver/smpp.ts';
import { Journal } from '../../peer/journal.ts';
import { Smsc } from '../../peer/smsc.ts';
import { aMessage } from '../../support/a-message.ts';
import { smppOptions } from '../../support/smpp-options.ts';

const long = `${'0123456789'.repeat(20)}é`;

describe('deliver: SMPP 3.4', () => {
  let smsc: Smsc;
  let channel: SmppChannel;
  let taken: Smsc['onSubmit'];
  const silent = (): undefined => undefined;

  beforeEach(async () => {
    smsc = await Smsc.start('secret');
    taken = smsc.onSubmit;
    channel = new SmppChannel(smppOptions(smsc.port));
  });
  afterEach(async () => {
    await channel.close();
    await smsc.stop();
  });

  const binds = (): Pdu[] => smsc.pdus.entries.filter(({ command }) => command === 'bind_transceiver');
  const submits = (): Pdu[] => smsc.pdus.entries.filter(({ command }) => command === 'submit_sm');
  const submitted = (count: number): Promise<Pdu> =>
    smsc.pdus.waitFor(() => submits().length >= count, `${count} messages`);
  const textOf = ({ short_message: message }: Pdu): string => String(message?.message ?? '');

  it('binds once and sends all messages through it', async () => {
    const results = await Promise.all([1, 2, 3].map(() => channel.send(aMessage(), 5_000)));
    expect(results.map((result) => ('providerId' in result ? result.providerId : result.why))).to.have.members([
      'm0',
      'm1',
      'm2',
    ]);
    expect(binds()).to.have.length(1);
    expect(submits()[0]).to.include({
      destination_addr: '33612345612',
      source_addr: 'RADGATE',
      source_addr_ton: 5,
      data_coding: 0,
      registered_delivery: 1,
    });
    expect(textOf(submits()[0] ?? expect.fail('none'))).to.equal(aMessage().text);
  });

  it('sends letters beyond GSM-7 as UCS-2, and long texts in parts that follow each other', async () => {
    await channel.send(aMessage({ text: 'Ваш код: 918273' }), 5_000);
    expect(submits()[0]?.data_coding).to.equal(8);
    expect(textOf(submits()[0] ?? expect.fail('none'))).to.equal('Ваш код: 918273');
    await channel.send(aMessage({ text: long }), 5_000);
    const parts = submits().slice(1);
    expect(parts.map(({ esm_class: esm }) => esm)).to.deep.equal([0x40, 0x40]);
    expect(parts.map(textOf).join('')).to.equal(long);
    expect(parts.map(({ short_message: message }) => message?.udh?.[0]?.toString('hex'))).to.deep.equal([
      '0003010201',
      '0003010202',
    ]);
  });

  for (const [code, permanent, why] of [
    [0x0b, true, /this number/],
    [0x45, false, /0x00000045/],
    [0x58, false, /fewer messages/],
  ] as const)
    it(`status ${code} is refused${permanent ? ' for good' : ''}`, async () => {
      smsc.onSubmit = () => ({ command_status: code });
      const result = await channel.send(aMessage(), 5_000);
      if (result.kind !== 'refused') return expect.fail(result.kind);
      expect(result.permanent).to.equal(permanent);
      expect(result.why).to.match(why);
      expect(result.retryAfter).to.equal(code === 0x58 ? 2_000 : undefined);
    });

  for (const status of [0x03, 0])
    it(`generic_nack with status ${status} means that it was not taken`, async () => {
      smsc.onSubmit = ({ sequence_number }, session) => {
        session.generic_nack({ sequence_number, command_status: status });
        return undefined;
      };
      expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'refused', permanent: false });
    });

  it('is unsure of what was submitted and not answered, and goes on with the next message', async () => {
    smsc.onSubmit = silent;
    expect(await channel.send(aMessage(), 300)).to.include({ kind: 'unsure' });
    smsc.onSubmit = taken;
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'sent' });
    smsc.onSubmit = silent;
    const hanging = channel.send(aMessage(), 5_000);
    await submitted(3);
    smsc.drop();
    expect(await hanging).to.deep.equal({ kind: 'unsure', why: 'the connection broke before it answered' });
  });

  it('a message that was refused because the bind took too long is not sent once it is there', async () => {
    let bind = (): void => undefined;
    smsc.mayBind = new Promise((resolve) => (bind = resolve));
    expect(await channel.send(aMessage({ text: 'late' }), 300)).to.deep.equal({
      kind: 'refused',
      why: 'it could not be bound to within 0 s',
      permanent: false,
      toAll: true,
    });
    bind();
    expect(await channel.send(aMessage({ text: 'in time' }), 5_000)).to.include({ kind: 'sent' });
    expect(smsc.texts.entries.map(({ text }) => text)).to.deep.equal(['in time']);
    expect(binds()).to.have.length(1);
  });

  it('the rest of a long message is not sent once it is given up', async () => {
    let first: (() => void) | undefined;
    smsc.onSubmit = (pdu, session) => {
      first = () => void session.send(pdu.response({ message_id: 'late' }));
      return undefined;
    };
    expect(await channel.send(aMessage({ text: long }), 300)).to.include({ kind: 'unsure' });
    smsc.onSubmit = taken;
    first?.();
    expect(await channel.send(aMessage({ text: 'the next' }), 5_000)).to.include({ kind: 'sent' });
    expect(submits().slice(1).map(textOf)).to.deep.equal(['the next']);
  });

  it('a server that takes connections and says nothing is down for all', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined).resume());
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const muted = new SmppChannel(smppOptions((mute.address() as AddressInfo).port));
    const results = await Promise.all([1, 2].map(() => muted.send(aMessage(), 300)));
    for (const result of results) expect(result).to.include({ kind: 'refused', permanent: false, toAll: true });
    await muted.close();
    mute.close();
    await once(mute, 'close');
  });

  it('many messages that wait for their answers leave nothing behind', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', onWarning);
    const waiting: (() => void)[] = [];
    smsc.onSubmit = (pdu, session) => {
      waiting.push(() => void session.send(pdu.response({ message_id: `n${waiting.length}` })));
      return undefined;
    };
    const sending = Array.from({ length: 20 }, () => channel.send(aMessage(), 5_000));
    await submitted(20);
    for (const answer of waiting) answer();
    for (const result of await Promise.all(sending)) expect(result).to.include({ kind: 'sent' });
    process.off('warning', onWarning);
    expect(warnings).to.deep.equal([]);
  });

  it('a server that answers a thousand messages in no way is left, for another connection', async () => {
    smsc.onSubmit = silent;
    const sending = await Promise.all(Array.from({ length: 1_001 }, () => channel.send(aMessage(), 20_000)));
    for (const result of sending) expect(result).to.include({ kind: 'unsure' });
    smsc.onSubmit = taken;
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'sent' });
    expect(binds()).to.have.length(2);
  });

  it('binds anew once the connection has broken', async () => {
    await channel.send(aMessage(), 5_000);
    const first = await smsc.bound();
    const closed = once(first, 'close');
    first.destroy();
    await closed;
    const results = await Promise.all([1, 2, 3].map(() => channel.send(aMessage(), 5_000)));
    // What was on its way while it broke may be unsure; what comes after is sent.
    expect(results.at(-1)?.kind).to.be.oneOf(['sent', 'unsure', 'refused']);
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'sent' });
    expect(binds()).to.have.length(2);
  });

  it('tells that the connection broke, and not that it was closed', async () => {
    const troubles = new Journal<string>();
    const other = new SmppChannel(smppOptions(smsc.port, { onTrouble: (why) => troubles.add(why) }));
    await other.send(aMessage(), 5_000);
    smsc.drop();
    expect(await troubles.waitFor(() => true, 'the trouble')).to.equal(
      'the connection was closed; the next message makes another connection',
    );
    await other.send(aMessage(), 5_000);
    await other.close();
    expect(troubles.entries).to.have.length(1);
  });

  it('says that its credentials are not accepted, or that nobody listens', async () => {
    const other = new SmppChannel(smppOptions(smsc.port, { password: 'wrong' }));
    const bad = await other.send(aMessage(), 5_000);
    expect(bad).to.include({ kind: 'refused', permanent: false, toAll: true });
    expect('why' in bad && bad.why).to.contain('ESME_RINVPASWD');
    const gone = new SmppChannel(smppOptions(1));
    expect(await gone.send(aMessage(), 5_000)).to.deep.equal({
      kind: 'refused',
      why: 'the connection failed (ECONNREFUSED)',
      permanent: false,
      toAll: true,
    });
    await Promise.all([other.close(), gone.close()]);
  });

  it('keeps the connection alive, and gives delivery receipts on', async () => {
    const receipts = new Journal<unknown>();
    const onReceipt = async (receipt: unknown): Promise<void> => receipts.add(receipt);
    const lively = new SmppChannel(smppOptions(smsc.port, { enquireEvery: 50, onReceipt }));
    await lively.send(aMessage(), 5_000);
    await smsc.pdus.waitFor(({ command }) => command === 'enquire_link', 'enquire_link');
    const message = 'id:m1 sub:001 dlvrd:001 submit date:2401011200 done date:2401011201 stat:DELIVRD err:000 text:';
    expect(await smsc.deliver({ esm_class: 4, short_message: { message } })).to.equal(0);
    expect(receipts.entries).to.deep.equal([{ ids: ['m1'], status: 'DELIVRD' }]);
    await lively.close();
    expect(smsc.pdus.entries.at(-1)?.command).to.equal('unbind');
  });
});

describe('deliver: short messages', () => {
  it('encode the default alphabet as npm smpp does', () => {
    // What npm smpp has no code for it makes a blank of.
    const both = fc.string({
      maxLength: 70,
      unit: fc.constantFrom(
        ...Array.from('abcXYZ09 @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà^{}[~]|€'),
      ),
    });
    fc.assert(
      fc.property(both, (text) => {
        const { coding, segments } = shortMessages(text, 0);
        expect(coding).to.equal(0);
        expect(segments.map(({ octets }) => octets)).to.deep.equal([smpp.encodings.ASCII.encode(text)]);
      }),
    );
  });

  for (const [what, text, coding, sizes] of [
    ['160 letters are one', 'a'.repeat(160), 0, [160]],
    ['161 are two', 'a'.repeat(161), 0, [159, 14]],
    ['an extended letter is not cut', `${'a'.repeat(152)}€${'b'.repeat(10)}`, 0, [158, 18]],
    ['70 of UCS-2 are one', 'ж'.repeat(70), 8, [140]],
    ['71 are two', 'ж'.repeat(71), 8, [140, 14]],
    ['a surrogate pair is not cut', `${'ж'.repeat(66)}😀😀😀`, 8, [138, 18]],
  ] as const)
    it(what, () => {
      const made = shortMessages(text, 7);
      expect(made.coding).to.equal(coding);
      expect(made.segments.map(({ octets }) => octets.length)).to.deep.equal(sizes);
    });
});
