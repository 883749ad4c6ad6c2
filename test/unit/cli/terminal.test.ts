import { expect } from 'chai';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { grouped } from '../../../src/base32.ts';
import type { Demo } from '../../../src/cli/demo/data.ts';
import { freeUdpPort } from '../../peer/free-port.ts';
import { Code, attribute, parsePacket, reply, revealPassword, Type } from '../../peer/packet-bytes.ts';
import { totp } from '../../peer/totp.ts';
import { UdpClient } from '../../peer/udp-client.ts';
import { localConfig, Workplace } from './command.ts';
import { hasTerminal, Terminal } from './terminal.ts';

(hasTerminal ? describe : describe.skip)('radgate on a terminal (needs script of util-linux)', () => {
  const work = new Workplace();
  const on = (...args: readonly string[]): Terminal => new Terminal(work.dir, args);
  before(() => void work.write('radius.conf', localConfig));
  after(() => work.remove());

  it('asks for a new password twice and shows neither', async () => {
    const terminal = on('user', 'add', 'alice', '--password');
    await terminal.sees('New password: ');
    terminal.type('gehxim\x7f\x7f\x7feim\r');
    await terminal.sees('The same again: ');
    terminal.type('geheim\r');
    await terminal.sees('Added the user "alice".');
    expect(await terminal.ends()).to.equal(0);
    expect(terminal.text).to.not.contain('geh').and.not.contain('eim');
  });

  it('asks before it removes something, and takes only a yes for one', async () => {
    await work.does(['user', 'add', 'bob']);
    for (const [answer, code, said] of [
      ['\r', 1, 'nothing was removed'],
      ['n\r', 1, 'nothing was removed'],
      ['\x04', 64, 'standard input ended before the answer'],
      ['\x03', 130, ''],
      ['y\r', 0, 'Removed the user "bob".'],
    ] as const) {
      const terminal = on('user', 'remove', 'bob');
      await terminal.sees('Remove the user "bob"? [y/N] ');
      terminal.type(answer);
      await terminal.sees(said);
      expect([answer, await terminal.ends()]).to.deep.equal([answer, code]);
    }
  });

  it('shows how far an import of more than 1,000 rows is, and none for fewer', async () => {
    const users = (count: number): string =>
      ['name', ...Array.from({ length: count }, (_, i) => `many${i}`), ''].join('\n');
    work.write('few.csv', users(900));
    work.write('many.csv', users(1_500));
    const few = on('user', 'import', 'few.csv');
    await few.sees('New: 900.');
    expect(await few.ends()).to.equal(0);
    expect(few.text).to.not.contain('Reading [');
    const many = on('user', 'import', 'many.csv');
    await many.sees('Reading [####################....................]  50 %');
    await many.sees('New: 1500.');
    expect(await many.ends()).to.equal(0);
  });

  it('shows a token as a QR code in black on white, within 80 columns, and confirms it', async () => {
    const terminal = on('token', 'add', 'alice');
    expect(await terminal.ends()).to.equal(0);
    const lines = terminal.text.split('\r\n');
    const colours = '  \x1b[38;5;16;48;5;231m';
    const qr = lines.filter((line) => line.startsWith(colours) && line.endsWith('\x1b[0m'));
    expect(qr.length).to.be.within(18, 25);
    const cells = qr.map((line) => line.slice(colours.length, -'\x1b[0m'.length));
    expect(new Set(cells.map((line) => line.length))).to.have.property('size', 1);
    expect(cells.every((line) => /^[ ▀▄█]{37,76}$/.test(line))).to.equal(true);
    expect(
      lines.filter((line) => !line.includes('otpauth:') && !line.includes('\x1b') && line.length > 80),
    ).to.deep.equal([]);

    const secret = /secret=([A-Z2-7]+)/.exec(terminal.text)?.[1] ?? '';
    const confirming = on('token', 'confirm', 'alice');
    await confirming.sees('Code that the app shows for alice: ');
    confirming.type(`${totp(secret)}\r`);
    await confirming.sees('The token "totp" of "alice" is active.');
    expect(await confirming.ends()).to.equal(0);
  });

  it('logs in: hides the password, shows the prompt and the code unless the server forbids it', async () => {
    const server = await UdpClient.open();
    work.write('secret', 'shared');
    const answer = async (code: number, ...attributes: readonly ReturnType<typeof attribute>[]): Promise<string> => {
      const { bytes, from } = await server.next(10_000);
      const packet = parsePacket(bytes);
      await server.send(reply(code, packet, { secret: 'shared', attributes }), from);
      return revealPassword(packet, 'shared').toString();
    };
    try {
      const terminal = on('login', 'alice', '--server', `127.0.0.1:${server.port}`, '--secret-file', 'secret');
      await terminal.sees('Password: ');
      terminal.type('gehéim\r');
      const state = attribute(Type.state, 'x');
      const noEcho = attribute(76, Buffer.of(0, 0, 0, 0));
      expect(await answer(Code.accessChallenge, attribute(Type.replyMessage, 'Hello\nCode: '), state)).to.equal(
        'gehéim',
      );
      await terminal.sees('Hello\r\n');
      await terminal.sees('Code: ');
      terminal.type('123456\r');
      await terminal.sees('123456');
      expect(await answer(Code.accessChallenge, attribute(Type.replyMessage, 'PIN'), state, noEcho)).to.equal('123456');
      await terminal.sees('PIN ');
      terminal.type('9876\r');
      expect(await answer(Code.accessAccept)).to.equal('9876');
      await terminal.sees('Access-Accept\r\n');
      expect(await terminal.ends()).to.equal(0);
      expect(terminal.text).to.not.contain('geh').and.not.contain('9876');
    } finally {
      await server.close();
    }
  });

  it('shows the secrets of the demo, each in full, and ends at the first Ctrl-C', async () => {
    const port = await freeUdpPort('127.0.0.1');
    const dir = join(work.dir, 'demo');
    mkdirSync(dir);
    const terminal = new Terminal(dir, ['--listen', `127.0.0.1:${port}`]);
    await terminal.sees('"version"');
    terminal.type('\x03');
    expect(await terminal.ends()).to.equal(0);
    const { user, token, secret } = JSON.parse(readFileSync(join(dir, 'radgate-data/demo.json'), 'utf8')) as Demo;
    for (const shown of [user.password, grouped(token.key), secret]) expect(terminal.text).to.contain(shown);
  });

  it('breaks long errors between words', async () => {
    await work.does(['user', 'add', 'a-rather-long-name@some.domain.of.a.company.example']);
    const terminal = on('user', 'add', 'a-rather-long-name@another.domain.of.a.company.example');
    expect(await terminal.ends()).to.equal(1);
    const lines = terminal.text.trimEnd().split('\r\n');
    expect(lines.length).to.be.greaterThan(3);
    expect(lines.filter((line) => line.length > 80)).to.deep.equal([]);
  });
});
