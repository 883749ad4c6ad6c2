import { expect } from 'chai';
import type { Fields } from 'smpp';
import type { IncomingText } from '../../../src/deliver/incoming-text.ts';
import { SmppChannel } from '../../../src/deliver/smpp.ts';
import { Journal } from '../../peer/journal.ts';
import { Smsc } from '../../peer/smsc.ts';
import { aMessage } from '../../support/a-message.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const longest = 160;
const later = 0x64;

describe('deliver: answers by SMPP', () => {
  let smsc: Smsc;
  let channel: SmppChannel;
  let texts: Journal<IncomingText>;
  let receipts: Journal<string>;
  let troubles: Journal<string>;
  const clock = new FakeClock();
  /** What a text comes to. */
  let outcome: (text: IncomingText) => Promise<string | null>;

  beforeEach(async () => {
    smsc = await Smsc.start('secret');
    texts = new Journal();
    receipts = new Journal();
    troubles = new Journal();
    outcome = () => Promise.resolve(null);
    channel = open('secret');
    channel.open();
  });
  afterEach(async () => {
    await channel.close();
    await smsc.stop();
  });

  const open = (password: string): SmppChannel =>
    new SmppChannel({
      host: '127.0.0.1',
      port: smsc.port,
      tls: false,
      ca: undefined,
      systemId: 'radgate',
      password,
      systemType: '',
      enquireEvery: 30_000,
      onReceipt: (id) => receipts.add(id),
      answers: {
        onText: (text) => {
          texts.add(text);
          return outcome(text);
        },
        onTrouble: (why) => troubles.add(why),
      },
      clock,
    });
  const from: Fields = {
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: '33612345610',
    dest_addr_ton: 3,
    dest_addr_npi: 0,
    destination_addr: '38080',
  };
  const body = async (fields: Fields): Promise<string | undefined> => {
    const before = texts.entries.length;
    expect(await smsc.deliver({ ...from, ...fields })).to.equal(0);
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

  it('a receipt is no text', async () => {
    const message = 'id:m1 sub:001 dlvrd:001 submit date:2401011200 done date:2401011201 stat:DELIVRD err:000 text:yes';
    expect(await body({ esm_class: 4, short_message: { message } })).to.equal(undefined);
    expect(receipts.entries).to.deep.equal(['m1']);
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
