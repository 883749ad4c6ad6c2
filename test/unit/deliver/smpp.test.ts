import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { expect } from 'chai';
import * as fc from 'fast-check';
import smpp, { type Pdu, type Session } from 'smpp';
import { shortMessages } from '../../../src/deliver/short-messages.ts';
import { SmppChannel } from '../../../src/deliver/smpp.ts';
import { Journal } from '../../peer/journal.ts';
import { aMessage } from '../../support/a-message.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('deliver: SMPP 3.4', () => {
  let server: Server;
  let channel: SmppChannel;
  const sessions: Session[] = [];
  const pdus = new Journal<Pdu>();
  const receipts = new Journal<readonly [string, string]>();
  /** What a submit_sm comes to: a status, or no answer. */
  let status: number | undefined;
  let submitted: number;

  beforeEach(async () => {
    status = 0;
    submitted = 0;
    pdus.entries.length = 0;
    sessions.length = 0;
    server = smpp.createServer((session) => {
      sessions.push(session);
      session.on('error', () => undefined);
      session.on('pdu', (pdu: Pdu) => pdus.add(pdu));
      session.on('bind_transceiver', (pdu: Pdu) =>
        session.send(respond(pdu, pdu.password === 'secret' ? { system_id: 'smsc' } : { command_status: 0x0e })),
      );
      session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
      session.on('unbind', (pdu: Pdu) => {
        session.send(pdu.response());
        session.close();
      });
      session.on('submit_sm', (pdu: Pdu) => {
        submitted++;
        if (status !== undefined)
          session.send(respond(pdu, status === 0 ? { message_id: `m${submitted}` } : { command_status: status }));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    channel = open();
  });
  afterEach(async () => {
    await channel.close();
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, 'close');
  });

  const respond = (pdu: Pdu, fields: Parameters<Pdu['response']>[0]): Pdu => pdu.response(fields);
  const open = (password = 'secret', enquireEvery = 30_000): SmppChannel =>
    new SmppChannel({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      tls: false,
      ca: undefined,
      systemId: 'radgate',
      password,
      systemType: '',
      enquireEvery,
      onReceipt: (id, word) => receipts.add([id, word]),
      answers: undefined,
      clock: new FakeClock(),
    });
  const submits = (): Pdu[] => pdus.entries.filter(({ command }) => command === 'submit_sm');
  const textOf = ({ short_message: message }: Pdu): string => String(message?.message ?? '');

  it('binds once and sends all messages through it', async () => {
    const results = await Promise.all([1, 2, 3].map(() => channel.send(aMessage(), 5_000)));
    expect(results.map((result) => ('providerId' in result ? result.providerId : result.why))).to.have.members([
      'm1',
      'm2',
      'm3',
    ]);
    expect(pdus.entries.filter(({ command }) => command === 'bind_transceiver')).to.have.length(1);
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
    const long = `${'0123456789'.repeat(20)}é`;
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
      status = code;
      const result = await channel.send(aMessage(), 5_000);
      if (result.kind !== 'refused') return expect.fail(result.kind);
      expect(result.permanent).to.equal(permanent);
      expect(result.why).to.match(why);
      expect(result.retryAfter).to.equal(code === 0x58 ? 2_000 : undefined);
    });

  it('is unsure of what was submitted and not answered, and goes on with the next message', async () => {
    status = undefined;
    expect(await channel.send(aMessage(), 300)).to.include({ kind: 'unsure' });
    status = 0;
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'sent' });
    status = undefined;
    const hanging = channel.send(aMessage(), 5_000);
    const before = submits().length;
    await pdus.waitFor(() => submits().length > before, 'the third message');
    sessions[0]?.destroy();
    expect(await hanging).to.deep.equal({ kind: 'unsure', why: 'the connection broke before it answered' });
  });

  it('binds anew once the connection has broken', async () => {
    await channel.send(aMessage(), 5_000);
    const [first] = sessions;
    const closed = once(first ?? expect.fail('no session'), 'close');
    first?.destroy();
    await closed;
    const results = await Promise.all([1, 2, 3].map(() => channel.send(aMessage(), 5_000)));
    // What was on its way while it broke may be unsure; what comes after is sent.
    expect(results.at(-1)?.kind).to.be.oneOf(['sent', 'unsure', 'refused']);
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'sent' });
    expect(sessions).to.have.length(2);
  });

  it('says that its credentials are not accepted, or that nobody listens', async () => {
    const other = open('wrong');
    const bad = await other.send(aMessage(), 5_000);
    expect(bad).to.include({ kind: 'refused', permanent: false });
    expect('why' in bad && bad.why).to.contain('ESME_RINVPASWD');
    const gone = new SmppChannel({
      host: '127.0.0.1',
      port: 1,
      tls: false,
      ca: undefined,
      systemId: 'x',
      password: 'x',
      systemType: '',
      enquireEvery: 30_000,
      onReceipt: () => undefined,
      answers: undefined,
      clock: new FakeClock(),
    });
    expect(await gone.send(aMessage(), 5_000)).to.deep.equal({
      kind: 'refused',
      why: 'the connection failed (ECONNREFUSED)',
      permanent: false,
      toAll: true,
    });
    await Promise.all([other.close(), gone.close()]);
  });

  it('keeps the connection alive, and gives delivery receipts on', async () => {
    const lively = open('secret', 50);
    await lively.send(aMessage(), 5_000);
    await pdus.waitFor(({ command }) => command === 'enquire_link', 'enquire_link');
    const message = 'id:m1 sub:001 dlvrd:001 submit date:2401011200 done date:2401011201 stat:DELIVRD err:000 text:';
    sessions.at(-1)?.deliver_sm({ esm_class: 4, short_message: { message } });
    expect(await receipts.waitFor(() => true, 'the receipt')).to.deep.equal(['m1', 'DELIVRD']);
    await pdus.waitFor(({ command }) => command === 'deliver_sm_resp', 'its answer');
    await lively.close();
    expect(pdus.entries.at(-1)?.command).to.equal('unbind');
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
