import { expect } from 'chai';
import { sign } from '../../../src/deliver/signature.ts';
import { signedTexts } from '../../../src/web/signed-texts.ts';
import type { IncomingText } from '../../../src/deliver/incoming-text.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('web: texts that a program posts', () => {
  const secret = Buffer.from('0123456789abcdef');
  const clock = new FakeClock();
  const protocol = signedTexts(secret, clock);
  const read = (
    body: string,
    header: string | undefined = sign(body, clock.wall(), secret),
  ): IncomingText | 'forged' | undefined =>
    protocol.read({
      url: 'https://mfa.example/texts/gateway',
      header: (name) => (name === 'x-radgate-signature' ? header : undefined),
      body: Buffer.from(body),
    });
  const text = { id: 'g-1', from: '+33612345678', text: 'yes K7MPQ2' };

  it('are taken as they are signed, with whatever else the program says', () => {
    expect(read(JSON.stringify({ ...text, to: '+15551234567' }))).to.deep.equal({
      id: 'g-1',
      from: '+33612345678',
      body: 'yes K7MPQ2',
    });
  });

  it('are forged without the signature of these octets', () => {
    const body = JSON.stringify(text);
    expect(read(body, '')).to.equal('forged');
    expect(read(body, sign(body, clock.wall(), Buffer.from('another secret here')))).to.equal('forged');
    expect(read(`${body} `, sign(body, clock.wall(), secret))).to.equal('forged');
    expect(read(body, sign(body, clock.wall() - 301_000, secret))).to.equal('forged');
    expect(read(body, sign(body, clock.wall() + 301_000, secret))).to.equal('forged');
  });

  it('are none if they are signed and lack a part, or have one that is too long', () => {
    const bad: readonly unknown[] = [
      null,
      [],
      'yes',
      { ...text, id: '' },
      { ...text, id: 7 },
      { ...text, id: 'x'.repeat(201) },
      { ...text, from: '0612345678' },
      { ...text, from: 'RADGATE' },
      { ...text, from: '+33612345678\n' },
      { ...text, text: null },
      { ...text, text: 'x'.repeat(2_001) },
    ];
    for (const each of bad) expect(read(JSON.stringify(each)), JSON.stringify(each)).to.equal(undefined);
    for (const each of ['', '{', '\u0000']) expect(read(each), each).to.equal(undefined);
  });

  it('are answered in JSON', () => {
    expect(protocol.reply('It is "over"').body).to.equal('{"text":"It is \\"over\\""}');
    expect(protocol.reply(null)).to.deep.equal({ type: 'application/json; charset=utf-8', body: '{"text":null}' });
  });
});
