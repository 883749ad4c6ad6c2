import { expect } from 'chai';
import { Readable } from 'node:stream';
import { PipedAsker } from '../../../src/cli/terminal/piped-asker.ts';
import { OperatorError } from '../../../src/errors.ts';

describe('cli/piped-asker', () => {
  const question = { prompt: 'Password: ', what: 'the password', echo: false };
  const from = (...chunks: readonly (string | Buffer)[]): PipedAsker =>
    new PipedAsker(
      Readable.from(
        chunks.map((chunk) => Buffer.from(chunk)),
        { objectMode: false },
      ),
    );
  const answers = async (asker: PipedAsker, count: number): Promise<string[]> => {
    const lines: string[] = [];
    while (lines.length < count) lines.push((await asker.ask(question)).toString('latin1'));
    return lines;
  };

  it('gives a line for each question, however they arrive', async () => {
    expect(await answers(from('one\ntwo\r\nthr', 'ee', '\n\nlast'), 5)).to.deep.equal([
      'one',
      'two',
      'three',
      '',
      'last',
    ]);
  });

  it('keeps the octets of a line, UTF-8 or not', async () => {
    expect(await answers(from(Buffer.from('\xff\0 \xe4\n', 'latin1')), 1)).to.deep.equal(['\xff\0 \xe4']);
  });

  it('says what it lacks once input has ended', async () => {
    const asker = from('one\n');
    await asker.ask(question);
    const error: unknown = await asker.ask(question).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(OperatorError).and.include({ code: 'usage' });
    expect((error as Error).message).to.equal('standard input ended before the password');
  });

  it('refuses a line without end', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(16_384, 0x78);
      })(),
      { objectMode: false },
    );
    const error: unknown = await new PipedAsker(endless).ask(question).catch((reason: unknown) => reason);
    expect((error as Error).message).to.contain('a line of more than 65536 octets');
  });

  it('says so if input cannot be read', async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error('EISDIR')) });
    const error: unknown = await new PipedAsker(broken).ask(question).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(OperatorError);
    expect((error as Error).message)
      .to.contain('cannot read standard input')
      .and.contain('EISDIR');
  });
});
