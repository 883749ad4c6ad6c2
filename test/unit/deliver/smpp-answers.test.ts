import { expect } from 'chai';
import smpp, { type Fields, type Session } from 'smpp';
import type { IncomingText } from '../../../src/deliver/incoming-text.ts';
import type { DeliveryReceipt } from '../../../src/deliver/deliver-sm.ts';
import { SmppChannel } from '../../../src/deliver/smpp.ts';
import { Journal } from '../../peer/journal.ts';
import { Smsc } from '../../peer/smsc.ts';
import { aMessage } from '../../support/a-message.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { smppOptions } from '../../support/smpp-options.ts';

const longest = 160;
const later = 0x64;

describe('deliver: answers by SMPP', () => {
  let smsc: Smsc;
  let channel: SmppChannel;
  let texts: Journal<IncomingText>;
  let receipts: Journal<DeliveryReceipt>;
  let troubles: Journal<string>;
  const clock = new FakeClock();
  /** What a text comes to. */
  let outcome: (text: IncomingText) => Promise<string | null>;
  /** What comes of keeping a receipt. */
  let keep: () => Promise<void>;

  beforeEach(async () => {
    smsc = await Smsc.start('secret');
    texts = new Journal();
    receipts = new Journal();
    troubles = new Journal();
    outcome = () => Promise.resolve(null);
    keep = () => Promise.resolve();
    channel = open('secret');
    channel.open();
  });
  afterEach(async () => {
    await channel.close();
    await smsc.stop();
  });

  const open = (password: string): SmppChannel =>
    new SmppChannel(
      smppOptions(smsc.port, {
        password,
        onReceipt: (receipt) => {
          receipts.add(receipt);
          return keep();
        },
        onText: (text) => {
          texts.add(text);
          return outcome(text);
        },
        onTrouble: (why) => troubles.add(why),
        clock,
      }),
    );
  const from: Fields = {
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: '33612345610',
    dest_addr_ton: 3,
    dest_addr_npi: 0,
    destination_addr: '38080',
  };
  const body = async (fields: Fields, by?: 'data_sm'): Promise<string | undefined> => {
    const before = texts.entries.length;
    expect(await smsc.deliver({ ...from, ...fields }, by)).to.equal(0);
    expect(texts.entries.length).to.be.oneOf([before, before + 1]);
    return texts.entries[before]?.body;
  };

  it('binds without a message to send, and again once the connection breaks', async () => {
    expect(await body({ short_message: Buffer.from('yes K7MPQ2') })).to.equal('yes K7MPQ2');
    expect(texts.entries[0]?.from).to.equal('+33612345610');
    smsc.drop();
    await smsc.binds.waitFor((session) => session !== smsc.binds.entries[0], 'the second bind');
    expect(await body({ short_message: Buffer.from('no K7MPQ2') })).to.equal('no K7MPQ2');
  });

  for (const [what, fields, expected] of [
    ['GSM-7', { data_coding: 0, short_message: Buffer.from('yes K7MPQ2') }, 'yes K7MPQ2'],
    ['GSM-7 letters that are no ASCII', { data_coding: 0, short_message: Buffer.of(0x6e, 0x7b, 0x6f) }, 'näo'],
    ['IA5', { data_coding: 1, short_message: Buffer.from('yes K7MPQ2') }, 'yes K7MPQ2'],
    ['Latin 1', { data_coding: 3, short_message: Buffer.from('sí K7MPQ2', 'latin1') }, 'sí K7MPQ2'],
    ['UCS-2', { data_coding: 8, short_message: Buffer.from('да K7MPQ2', 'utf16le').swap16() }, 'да K7MPQ2'],
    ['message_payload', { data_coding: 0, message_payload: Buffer.from('yes K7MPQ2') }, 'yes K7MPQ2'],
    ['a header that chooses letters', { short_message: withHeader([0x24, 1, 1], 'yes K7MPQ2') }, 'yes K7MPQ2'],
  ] as const satisfies readonly (readonly [string, Fields, string])[])
    it(`reads ${what}`, async () => {
      expect(await body(fields)).to.equal(expected);
    });

  for (const [what, fields] of [
    ['octets', { data_coding: 4, short_message: Buffer.from('yes K7MPQ2') }],
    ['a part of a longer text', { short_message: withHeader([0, 3, 7, 2, 1], 'yes K7MPQ2') }],
    ['a part with a reference of two octets', { short_message: withHeader([8, 4, 0, 7, 2, 1], 'yes K7MPQ2') }],
    ['a part by an optional parameter', { short_message: Buffer.from('yes K7MPQ2'), sar_total_segments: 2 }],
    ['what is for a port of the phone', { short_message: withHeader([5, 4, 0, 80, 0, 80], 'yes K7MPQ2') }],
    ['a header longer than the text', { short_message: { udh: Buffer.of(200, 0x24, 1, 1), message: Buffer.of() } }],
    ['a header of nonsense', { short_message: withHeader([0x24], 'yes K7MPQ2') }],
    ['two texts in one', { short_message: Buffer.from('yes K7MPQ2'), message_payload: Buffer.from('no K7MPQ2') }],
    ['too long a text', { message_payload: Buffer.from(`yes K7MPQ2${' '.repeat(longest)}`) }],
    ['a text of 16 KB', { message_payload: Buffer.alloc(16_000, 'yes ') }],
    ['a text of 60 KB', { message_payload: Buffer.alloc(60_000, 'yes ') }],
    ['no text', { short_message: Buffer.of() }],
  ] as const satisfies readonly (readonly [string, Fields])[])
    it(`takes ${what} for no answer, and answers it`, async () => {
      expect(await body(fields)).to.equal('');
    });

  for (const [what, fields] of [
    ['a name', { source_addr_ton: 5, source_addr: 'BANK' }],
    ['a number without its country', { source_addr_ton: 2, source_addr: '612345610' }],
    ['a number that begins with a zero', { source_addr_ton: 0, source_addr: '0612345610' }],
    ['no sender', { source_addr: '' }],
    ["an acknowledgement of the phone's own", { esm_class: 0x08 }],
    ["an answer to another's question", { esm_class: 0x10 }],
    ['a notice on the way', { esm_class: 0x20 }],
    ['a receipt that does not say so', { receipted_message_id: 'm1' }],
  ] as const satisfies readonly (readonly [string, Fields])[])
    it(`does not look at what comes from or is ${what}, and answers it`, async () => {
      expect(await body({ short_message: Buffer.from('yes K7MPQ2'), ...fields })).to.equal(undefined);
      expect(receipts.entries).to.deep.equal([]);
    });

  const receiptText =
    'id:m1 sub:001 dlvrd:001 submit date:2401011200 done date:2401011201 stat:DELIVRD err:000 text:yes K7MPQ2';
  const receiptOctets = Buffer.from(receiptText);
  for (const [what, fields, id, status] of [
    ['its text', { esm_class: 4, short_message: receiptOctets }, 'm1', 'DELIVRD'],
    ['a text in message_payload', { esm_class: 4, message_payload: receiptOctets }, 'm1', 'DELIVRD'],
    [
      'a text and a state beside it',
      { esm_class: 4, short_message: Buffer.from('id:m2 done'), message_state: 5 },
      'm2',
      'UNDELIV',
    ],
    ['parameters alone', { esm_class: 4, receipted_message_id: 'm3', message_state: 2 }, 'm3', 'DELIVRD'],
    ['parameters, and no esm_class', { receipted_message_id: 'm4', message_state: 3 }, 'm4', 'EXPIRED'],
    [
      'a state that is none of the standard, and its text',
      { esm_class: 4, short_message: receiptOctets, message_state: 9 },
      'm1',
      'DELIVRD',
    ],
  ] as const satisfies readonly (readonly [string, Fields, string, string])[])
    for (const by of ['deliver_sm', 'data_sm'] as const)
      // data_sm has no short_message.
      if (by === 'deliver_sm' || !('short_message' in fields))
        it(`a receipt is no text: ${what}, by ${by}`, async () => {
          expect(await smsc.deliver({ ...from, ...fields }, by)).to.equal(0);
          expect(receipts.entries).to.deep.equal([{ ids: [id], status }]);
          expect(texts.entries).to.deep.equal([]);
        });

  it('a receipt whose id has no NUL behind it, and another parameter there', async () => {
    const session = await smsc.bound();
    const state = Buffer.of(0x04, 0x27, 0, 1, 2);
    const id = Buffer.from([0x00, 0x1e, 0, 2, ...Buffer.from('m1')]);
    const body = Buffer.concat([Buffer.alloc(7), Buffer.of(4, 0, 0), id, state]);
    const header = Buffer.alloc(16);
    header.writeUInt32BE(header.length + body.length, 0);
    header.writeUInt32BE(smpp.commands['data_sm']?.id ?? 0, 4);
    header.writeUInt32BE(77, 12);
    session.socket.write(Buffer.concat([header, body]));
    const answer = await smsc.pdus.waitFor(({ command }) => command === 'data_sm_resp', 'its answer');
    expect([answer.command_status, answer.sequence_number]).to.deep.equal([0, 77]);
    expect(receipts.entries).to.deep.equal([{ ids: ['m1'], status: 'DELIVRD' }]);
  });

  for (const [id, other] of [
    ['0305419896', '12345678'],
    ['3735928559', 'DEADBEEF'],
    ['3735928559', 'deadbeef'],
    ['0000703710', '000ABCDE'],
    ['0000703710', 'abcde'],
    ['DEADBEEF', '3735928559'],
    ['000abcde', '0000703710'],
    ['000abcde', '703710'],
  ] as const)
    it(`a receipt for ${id} may be for ${other}, less likely`, async () => {
      await smsc.deliver({ ...from, esm_class: 4, receipted_message_id: id, message_state: 2 });
      const ids = receipts.entries[0]?.ids ?? [];
      expect(ids[0]).to.equal(id);
      expect(ids).to.include(other);
    });

  it('a receipt is acknowledged once it is kept, and is to come again if it can not be; so is what comes above the bound', async () => {
    const receipt = { ...from, esm_class: 4, short_message: Buffer.from(receiptText) };
    keep = () => Promise.reject(new Error('the store is away'));
    expect(await smsc.deliver(receipt)).to.equal(later);
    expect(await smsc.deliver({ ...receipt, message_payload: receiptOctets }, 'data_sm')).to.equal(later);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    keep = () => held;
    const statuses = Array.from({ length: 100 }, () => smsc.deliver(receipt));
    await receipts.waitFor(() => receipts.entries.length === 102, 'a hundred receipts');
    expect(await smsc.deliver(receipt)).to.equal(later);
    // Texts have room of their own.
    expect(await body({ short_message: Buffer.from('yes K7MPQ2') })).to.equal('yes K7MPQ2');
    expect(smsc.pdus.entries.filter(({ command }) => command === 'deliver_sm_resp')).to.have.length(3);
    release();
    expect(new Set(await Promise.all(statuses))).to.deep.equal(new Set([0]));
  });

  it('an answer by data_sm', async () => {
    expect(await body({ message_payload: Buffer.from('yes K7MPQ2') }, 'data_sm')).to.equal('yes K7MPQ2');
    const ucs2 = Buffer.from('да K7MPQ2', 'utf16le').swap16();
    expect(await body({ data_coding: 8, message_payload: ucs2 }, 'data_sm')).to.equal('да K7MPQ2');
    const part = withHeader([0, 3, 7, 2, 1], 'yes K7MPQ2');
    expect(await body({ message_payload: part }, 'data_sm')).to.equal('');
    outcome = () => Promise.reject(new Error('the store is away'));
    expect(await smsc.deliver({ ...from, message_payload: Buffer.from('no K7MPQ2') }, 'data_sm')).to.equal(later);
  });

  it('the same text has the same name when it is handed over again, another one another', async () => {
    for (const text of ['yes K7MPQ2', 'yes K7MPQ2', 'no K7MPQ2']) await body({ short_message: Buffer.from(text) });
    await body({ short_message: Buffer.from('yes K7MPQ2'), source_addr: '33612345611' });
    clock.pass(3_600_000);
    await body({ short_message: Buffer.from('yes K7MPQ2') });
    const ids = texts.entries.map(({ id }) => id);
    expect(ids[0]).to.equal(ids[1]);
    expect(new Set(ids)).to.have.property('size', 4);
  });

  it('words go back to who wrote, from the number that was written to', async () => {
    outcome = () => Promise.resolve('That login is over.');
    await body({ short_message: Buffer.from('yes K7MPQ2') });
    expect(await smsc.texts.waitFor(() => true, 'the words')).to.deep.equal({
      to: '33612345610',
      from: '38080',
      text: 'That login is over.',
    });
  });

  it('what cannot be looked at is to come again, and so is what comes above the bound', async () => {
    outcome = () => Promise.reject(new Error('the store is away'));
    expect(await smsc.deliver({ ...from, short_message: Buffer.from('yes K7MPQ2') })).to.equal(later);
    let release = (): void => undefined;
    const held = new Promise<null>((resolve) => (release = () => resolve(null)));
    outcome = () => held;
    const statuses = Array.from({ length: 20 }, (_, i) =>
      smsc.deliver({ ...from, short_message: Buffer.from(`yes ${i}`) }),
    );
    await texts.waitFor(() => texts.entries.length === 21, 'twenty texts');
    expect(await smsc.deliver({ ...from, short_message: Buffer.from('one more') })).to.equal(later);
    release();
    expect(new Set(await Promise.all(statuses))).to.deep.equal(new Set([0]));
    outcome = () => Promise.resolve(null);
    expect(await body({ short_message: Buffer.from('one more') })).to.equal('one more');
  });

  it('words that the server does not answer are given up', async () => {
    smsc.onSubmit = () => undefined;
    outcome = () => Promise.resolve('That login is over.');
    await body({ short_message: Buffer.from('yes K7MPQ2') });
    expect(await troubles.waitFor(() => true, 'the trouble')).to.equal(
      'an explanation was not sent: no answer within 5 s',
    );
  });

  it('tells each time that the connection breaks, and waits longer each time, until it has held', async () => {
    const bind = (count: number): Promise<Session> =>
      smsc.binds.waitFor((session) => smsc.binds.entries.indexOf(session) === count - 1, `bind ${count}`);
    const trouble = (count: number): Promise<string> =>
      troubles.waitFor(() => troubles.entries.length >= count, `trouble ${count}`);
    (await bind(1)).destroy();
    await trouble(1);
    (await bind(2)).unbind(() => undefined);
    await trouble(2);
    await bind(3);
    // That it is bound is known here too.
    expect(await smsc.deliver(from)).to.equal(0);
    clock.pass(60_000);
    (await bind(3)).destroy();
    await trouble(3);
    await bind(4);
    await channel.close();
    expect(troubles.entries).to.deep.equal([
      'no answers can come in: the connection was closed; tried again in 1 s',
      'no answers can come in: it has unbound; tried again in 2 s',
      'no answers can come in: the connection was closed; tried again in 1 s',
    ]);
  });

  it('says nothing of a connection that is closed while it is made, and makes no other', async () => {
    const other = open('secret');
    other.open();
    await other.close();
    other.open();
    expect(await other.send(aMessage(), 1_000)).to.include({ kind: 'refused', why: 'it is being closed' });
    expect(troubles.entries).to.deep.equal([]);
  });

  it('says why no answers can come in', async () => {
    const refused = open('wrong');
    refused.open();
    expect(await troubles.waitFor(() => true, 'the trouble')).to.match(/ESME_RINVPASWD.*tried again in 1 s$/);
    await refused.close();
  });
});

/** @param elements of a user data header: 3GPP TS 23.040 §9.2.3.24 */
function withHeader(elements: readonly number[], text: string): { udh: Buffer; message: Buffer } {
  return { udh: Buffer.from([elements.length, ...elements]), message: Buffer.from(text) };
}
