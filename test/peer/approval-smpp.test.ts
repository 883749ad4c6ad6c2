import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Fields } from 'smpp';
import { startAnswerScene, type AnswerScene, type WaitingLogin } from './answer-scene.ts';
import { Code } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { Smsc } from './smsc.ts';

const password = 'bind-me';
const service = '38080';
const phones = {
  yes: '+33612345610',
  no: '+33612345611',
  late: '+33612345612',
  alone: '+33612345613',
  fraud: '+33612345614',
  eap: '+33612345615',
  weak: '+33612345616',
  data: '+33612345617',
} as const;
type User = keyof typeof phones;

peer('freeradius', 'eapol_test')('approvals by an answer over SMPP, FreeRADIUS upstream', function () {
  this.timeout(40_000);
  let smsc: Smsc;
  let answering: AnswerScene;
  const texts = mkdtempSync(join(tmpdir(), 'radgate-texts-'));

  before(async function () {
    this.timeout(90_000);
    smsc = await Smsc.start(password);
    writeFileSync(join(texts, 'en.toml'), '[answers]\napprove = ["sí", "si"]\n');
    answering = await startAnswerScene({
      phones,
      more: `[deliver]
allow = ["+33", "+44"]
texts = "${texts}"
[[provider]]
name = "operator"
type = "smpp"
server = "127.0.0.1:${smsc.port}"
system_id = "radgate"
password = "${password}"
sender = ["${service}"]
answers = true`,
    });
  });
  after(async () => {
    await answering?.stop();
    await smsc?.stop();
    rmSync(texts, { recursive: true });
  });

  /** A text as the SMSC hands it over. @returns the status of its answer */
  const write = (number: string, text: string, more: Fields = {}): Promise<number> =>
    smsc.deliver({ ...between(number), short_message: Buffer.from(text), ...more });
  const between = (number: string): Fields => ({
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: number.slice(1),
    dest_addr_ton: 3,
    dest_addr_npi: 0,
    destination_addr: service,
  });
  let read = 0;
  /** The next text to a number. */
  const textTo = async (number: string): Promise<string> => {
    const from = read;
    const text = await smsc.texts.waitFor(
      (each) => each.to === number.slice(1) && smsc.texts.entries.indexOf(each) >= from,
      `the text to ${number}`,
    );
    read = smsc.texts.entries.indexOf(text) + 1;
    expect(text.from).to.equal(service);
    return text.text;
  };
  const referenceTo = async (user: User): Promise<string> => {
    const text = await textTo(phones[user]);
    return /yes (\w{6}) \/ no \1$/.exec(text)?.[1] ?? expect.fail(text);
  };
  const login = async (user: User, device?: string): Promise<WaitingLogin & { readonly reference: string }> => {
    const waiting = await answering.login(user, device);
    return { ...waiting, reference: await referenceTo(user) };
  };

  it('unknown senders, wrong references and what is no plain text decide nothing; the right answer lets in, and its replay nobody', async () => {
    const { client, reference, code } = await login('yes');
    const wrong = `${reference.startsWith('2') ? '3' : '2'}${reference.slice(1)}`;
    const foreign = '+447700900123';
    for (const [number, text, said] of [
      [foreign, `yes ${reference}`, 'That login is over'],
      [phones.no, reference, 'That login is over'],
      [phones.yes, `yes ${wrong}`, 'That login is over'],
      [phones.yes, 'yes', 'six characters'],
    ] as const) {
      expect(await write(number, text)).to.equal(0);
      expect(await textTo(number), text).to.contain(said);
    }
    const yes = `yes ${reference}`;
    const parts = { udh: Buffer.of(5, 0, 3, 7, 2, 1), message: Buffer.from(yes) };
    for (const more of [
      { message_payload: Buffer.from(`${yes}${' '.repeat(200)}`), short_message: Buffer.of() },
      { short_message: parts },
      { data_coding: 4 },
      { source_addr_ton: 5 },
      { esm_class: 0x08 },
      { esm_class: 0x04 },
    ] as const satisfies readonly Fields[])
      expect(await write(phones.yes, yes, more), JSON.stringify(more)).to.equal(0);
    expect(client.unread).to.equal(0);
    expect(await write(phones.yes, `Yes ${reference.toLowerCase()}`)).to.equal(0);
    expect(await code()).to.equal(Code.accessAccept);

    const second = await login('late');
    expect(await write(phones.yes, `Yes ${reference.toLowerCase()}`)).to.equal(0);
    expect(await write(phones.late, `yes ${reference}`)).to.equal(0);
    expect(await textTo(phones.late)).to.contain('That login is over');
    expect(second.client.unread).to.equal(0);
    expect(await write(phones.late, `Nein ${second.reference}`)).to.equal(0);
    expect(await second.code()).to.equal(Code.accessReject);
    await answering.scene.radgate.waitForLogin('late', 'reject');
    const log = JSON.stringify(answering.scene.radgate.log);
    for (const secret of [reference, second.reference, password, phones.yes.slice(1), foreign.slice(1)])
      expect(log.includes(secret), secret).to.equal(false);
  });

  it('the six characters alone let in, from the number that was asked; in UCS-2 too', async () => {
    const { client, reference, code } = await login('alone');
    await write(phones.no, reference);
    expect(await textTo(phones.no)).to.contain('That login is over');
    expect(client.unread).to.equal(0);
    const ucs2 = Buffer.from(reference, 'utf16le').swap16();
    expect(await write(phones.alone, '', { data_coding: 8, short_message: ucs2 })).to.equal(0);
    expect(await code()).to.equal(Code.accessAccept);
  });

  it('an answer by data_sm lets in, and a receipt by it is kept', async () => {
    const { reference, code } = await login('data');
    const receipt = { esm_class: 4, receipted_message_id: smsc.lastId, message_state: 2 };
    const text = { ...between(phones.data), message_payload: Buffer.from(`yes ${reference}`) };
    expect(await smsc.deliver(text, 'data_sm')).to.equal(0);
    expect(await code()).to.equal(Code.accessAccept);
    const { radgate } = answering.scene;
    await radgate.waitForLog(
      ({ msg, target }) => msg === 'message sent' && String(target).endsWith(phones.data.slice(-2)),
      'the message to be written down',
    );
    expect(await smsc.deliver(receipt, 'data_sm')).to.equal(0);
    const { stdout } = await succeed(radgate.cli(['deliver', 'list', 'data', '--json']));
    expect(stdout).to.match(/"receipt":\s*"DELIVRD"/);
  });

  it('an answer decides the login that it names, not the newest', async () => {
    const first = await login('no', 'LAPTOP-OLD');
    const newest = await login('no', 'LAPTOP-NEW');
    expect(await write(phones.no, `yes ${first.reference}`)).to.equal(0);
    expect(await first.code()).to.equal(Code.accessAccept);
    expect(newest.client.unread).to.equal(0);
    expect(await write(phones.no, `no ${newest.reference}`)).to.equal(0);
    expect(await newest.code()).to.equal(Code.accessReject);
  });

  it('"fraud" declines, and blocks', async () => {
    const { reference, code } = await login('fraud');
    expect(await write(phones.fraud, `fraud ${reference}`)).to.equal(0);
    expect(await code()).to.equal(Code.accessReject);
    const { stdout } = await succeed(answering.scene.radgate.cli(['user', 'show', 'fraud']));
    expect(stdout).to.match(/the user reported a login/);
  });

  it('answers come in by a connection that was made anew, and explanations go where [deliver] lets them', async () => {
    smsc.drop();
    await smsc.binds.waitFor((session) => !session.socket.destroyed, 'another bind');
    expect(await write('+15551234567', 'yes ABCDEF')).to.equal(0);
    const { reference, code } = await login('weak');
    expect(smsc.texts.entries.some(({ to }) => to === '15551234567')).to.equal(false);
    // A word of a file of texts, as Latin 1 has it.
    const yes = { data_coding: 3, short_message: Buffer.from(`Sí ${reference}`, 'latin1') };
    expect(await write(phones.weak, '', yes)).to.equal(0);
    expect(await code()).to.equal(Code.accessAccept);
  });

  it('a MS-CHAPv2 login waits for the answer, and its keys are right', async () => {
    const running = answering.eap('eap');
    expect(await write(phones.eap, await referenceTo('eap'))).to.equal(0);
    const result = await running;
    expect(result.success, result.output).to.equal(true);
  });
});
