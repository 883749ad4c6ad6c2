import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import * as fc from 'fast-check';
import smpp, { type Pdu } from 'smpp';
import { SmppChannel } from '../../../src/deliver/smpp.ts';
import { Journal } from '../../peer/journal.ts';
import { Smsc } from '../../peer/smsc.ts';
import { aMessage } from '../../support/a-message.ts';
import { smppOptions } from '../../support/smpp-options.ts';

const noSuchCommand = 0x03;
/** Of what the SMSC sends: radgate's own begin at 1. */
const own = 0x7000_0000;
const question = own + 1;
const idOf = (command: string): number => smpp.commands[command]?.id ?? expect.fail(command);
/** SMPP 3.4 §3.2. */
const pduOf = (id: number, body: Buffer = Buffer.of(), sequence = own, length = 16 + body.length): Buffer => {
  const header = Buffer.alloc(16);
  for (const [i, value] of [length, id, 0, sequence].entries()) header.writeUInt32BE(value, 4 * i);
  return Buffer.concat([header, body]);
};
/** The fields of a data_sm, all empty, and what is behind them. */
const dataSm = (...parameters: number[]): Buffer =>
  pduOf(idOf('data_sm'), Buffer.concat([Buffer.alloc(10), Buffer.from(parameters)]));

describe('deliver: whatever an SMSC sends', () => {
  let smsc: Smsc;
  let channel: SmppChannel;
  let troubles: Journal<string>;

  beforeEach(async () => {
    smsc = await Smsc.start('secret');
    troubles = new Journal();
    channel = new SmppChannel(
      smppOptions(smsc.port, { onTrouble: (why) => troubles.add(why), onText: () => Promise.resolve(null) }),
    );
    channel.open();
  });
  afterEach(async () => {
    await channel.close();
    await smsc.stop();
  });

  /** Sends octets, and a question behind them, which is answered. @returns what was answered to the octets */
  const answersTo = async (octets: Buffer): Promise<Pdu[]> => {
    const session = await smsc.bound();
    session.socket.write(Buffer.concat([octets, pduOf(idOf('enquire_link'), Buffer.of(), question)]));
    await smsc.pdus.waitFor(({ sequence_number: sequence }) => sequence === question, 'the answer to enquire_link');
    return smsc.pdus.entries.filter(({ sequence_number: sequence }) => sequence === own);
  };
  const ended = async (octets: Buffer, why: RegExp): Promise<void> => {
    (await smsc.bound()).socket.write(octets);
    expect(await troubles.waitFor(() => true, 'the trouble')).to.match(why);
    expect(await channel.send(aMessage(), 5_000)).to.include({ kind: 'sent' });
    expect(smsc.binds.entries).to.have.length(2);
  };

  for (const command of ['alert_notification', 'outbind', 'generic_nack', 'enquire_link_resp', 'submit_sm_resp'])
    it(`${command} has no answer`, async () => {
      expect(await answersTo(pduOf(idOf(command)))).to.deep.equal([]);
    });

  for (const id of [0x07, 0x104, 0x10001, 0x7fffffff])
    it(`a command 0x${id.toString(16)} that nobody serves is answered with ESME_RINVCMDID`, async () => {
      const answers = await answersTo(pduOf(id));
      const command = id === idOf('replace_sm') ? 'replace_sm_resp' : 'generic_nack';
      expect(answers).to.have.length(1);
      expect(answers[0]).to.include({ command, command_status: noSuchCommand });
    });

  for (const id of [0x80000104, 0xffffffff])
    it(`an unknown answer 0x${id.toString(16)} has none`, async () => {
      expect(await answersTo(pduOf(id))).to.deep.equal([]);
    });

  /** Messages are sent in the end, by whichever connection. */
  const sends = async (): Promise<void> => {
    while ((await channel.send(aMessage(), 5_000)).kind !== 'sent');
  };

  it('each command that there is, with nothing in it, and with rubbish', async () => {
    for (const { id } of Object.values(smpp.commands))
      for (const body of [Buffer.of(), Buffer.alloc(1), Buffer.alloc(64), Buffer.alloc(64, 0x41)]) {
        await sends();
        (await smsc.bound()).socket.write(pduOf(id, body));
      }
    await sends();
  });

  for (const [what, octets] of [
    ['too long a PDU', pduOf(idOf('deliver_sm'), Buffer.of(), 1, 80 * 1024)],
    ['a giant PDU', pduOf(idOf('deliver_sm'), Buffer.of(), 1, 0xffffffff)],
    ['a PDU shorter than its header', pduOf(idOf('deliver_sm'), Buffer.of(), 1, 8)],
    ['a parameter that is longer than its PDU', dataSm(0x04, 0x27, 0, 1)],
    ['a number of a parameter that is not there', dataSm(0x02, 0x04, 0, 2)],
  ] as const)
    it(`${what} ends the connection, not the process`, async () => {
      await ended(octets, /the connection failed \(.*tried again in 1 s$/);
    });

  for (const [what, octets] of [
    ['a text of which there is nothing', pduOf(idOf('deliver_sm'), Buffer.concat([Buffer.alloc(16), Buffer.of(200)]))],
    ['a text that is longer than its PDU', dataSm(0x04, 0x24, 0xff, 0xff, 0x41)],
    ['half a parameter', dataSm(0x04, 0x27)],
    ['an id that never ends', dataSm(0x00, 0x1e, 0, 4, 0x41, 0x41, 0x41, 0x41)],
  ] as const)
    it(`${what} is answered all the same`, async () => {
      (await smsc.bound()).socket.write(octets);
      const answer = await smsc.pdus.waitFor(({ sequence_number: sequence }) => sequence === own, 'the answer');
      expect(answer.command).to.be.oneOf(['data_sm_resp', 'deliver_sm_resp']);
      expect(answer.command_status).to.equal(0);
    });

  for (const length of [0, 3, 4])
    it(`a PDU of ${length} octets, behind which nothing can be read, ends the connection in the end`, async () => {
      const lively = new SmppChannel(
        smppOptions(smsc.port, { enquireEvery: 50, onTrouble: (why) => troubles.add(why) }),
      );
      await lively.send(aMessage(), 5_000);
      for (const session of smsc.binds.entries) session.socket.write(pduOf(0, Buffer.of(), 1, length).subarray(0, 4));
      for (const session of smsc.binds.entries) session.removeAllListeners('enquire_link');
      await troubles.waitFor((why) => why.startsWith('it does not answer (enquire_link)'), 'the trouble');
      await lively.close();
    });

  it('rubbish', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(smpp.commands)),
        fc.uint8Array({ maxLength: 80 }),
        async ({ id }, rubbish) => {
          await sends();
          (await smsc.bound()).socket.write(pduOf(id, Buffer.from(rubbish)));
        },
      ),
      { numRuns: 300 },
    );
    await sends();
  });

  it('answers before the bind are none, and the bind is waited for', async () => {
    const eager = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      for (const command of ['deliver_sm', 'unbind', 'alert_notification', 'outbind', 'generic_nack'])
        socket.write(pduOf(idOf(command)));
    });
    eager.listen(0, '127.0.0.1');
    await once(eager, 'listening');
    const receipts: unknown[] = [];
    const other = new SmppChannel(
      smppOptions((eager.address() as AddressInfo).port, { onReceipt: async (each) => void receipts.push(each) }),
    );
    expect(await other.send(aMessage(), 500)).to.include({ kind: 'refused', toAll: true });
    expect(receipts).to.deep.equal([]);
    await other.close();
    eager.close();
    await once(eager, 'close');
  });

  it('a server that asks on and on and reads no answers is left', async () => {
    const questions = Buffer.concat(Array.from({ length: 10_000 }, () => pduOf(idOf('enquire_link'))));
    const deaf = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.pause();
        socket.write(pduOf(idOf('bind_transceiver_resp'), Buffer.of(0), 1));
        const ask = (): void => {
          while (!socket.destroyed && socket.write(questions));
        };
        socket.on('drain', ask);
        ask();
      });
    });
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const other = new SmppChannel(
      smppOptions((deaf.address() as AddressInfo).port, { onTrouble: (why) => troubles.add(why) }),
    );
    void other.send(aMessage(), 5_000);
    await troubles.waitFor((why) => why.startsWith('it does not read what it is sent'), 'the trouble', 30_000);
    await other.close();
    deaf.close();
    await once(deaf, 'close');
  });
});
