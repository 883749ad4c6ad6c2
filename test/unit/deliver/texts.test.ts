import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { chooseSender } from '../../../src/deliver/choose-sender.ts';
import { loadTexts } from '../../../src/deliver/load-texts.ts';
import { maskAddress, maskNumber, readPhoneNumber } from '../../../src/deliver/phone-number.ts';
import { renderMessage } from '../../../src/deliver/render-message.ts';
import { shortMessages } from '../../../src/deliver/short-messages.ts';

describe('deliver: texts', () => {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-texts-'));
  const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);
  afterEach(() => {
    for (const name of ['en.toml', 'fr.toml', 'de.toml', 'pt.toml', 'deutsch.toml'])
      rmSync(join(dir, name), { force: true });
  });
  after(() => rmSync(dir, { recursive: true }));

  it('those that are built in fit one text message, in GSM-7', () => {
    for (const [language, { message }] of Object.entries(loadTexts(undefined))) {
      const facts = { code: '12345678', application: 'the VPN of Example', lifetime: 300_000 };
      const { text } = renderMessage('sms', message, facts);
      expect(text).to.contain('12345678').and.contain('5 min');
      const { coding, segments } = shortMessages(text, 0);
      expect([language, coding, segments.length]).to.deep.equal([language, 0, 1]);
      const voice = renderMessage('voice', message, facts).text;
      expect(voice.match(/1, 2, 3, 4, 5, 6, 7, 8/g), 'twice').to.have.length(2);
    }
  });

  it('a file changes some words of a language that is there', () => {
    write('fr.toml', '[message]\nsms = "Code {code}"\n[words]\nsms = ["message"]\n');
    const { fr, en } = loadTexts(dir);
    expect(fr?.message.sms).to.equal('Code {code}');
    expect(fr?.words.sms).to.deep.equal(['message']);
    expect(fr?.message.subject).to.equal(loadTexts(undefined)['fr']?.message.subject);
    expect(en).to.deep.equal(loadTexts(undefined)['en']);
  });

  it('a file brings words of answers, which mean one thing in all languages', () => {
    write('fr.toml', '[answers]\napprove = ["ok"]\n');
    expect(loadTexts(dir)['fr']?.answers).to.deep.equal({ approve: ['ok'], decline: [], fraud: [] });
    write('fr.toml', '[answers]\napprove = ["ok", "NO"]\ndecline = ["pas moi"]\n');
    expect(() => loadTexts(dir)).to.throw(/fr\.toml:3: "decline" in \[answers\] must be words of letters alone/);
    write('fr.toml', '[answers]\napprove = ["ok", "NO"]\n');
    expect(() => loadTexts(dir)).to.throw(/fr\.toml:2: "NO" in \[answers\] is taken for "decline" already/);
    write('en.toml', '[answers]\ndecline = ["ok"]\n');
    write('fr.toml', '[answers]\napprove = ["Ok"]\n');
    expect(() => loadTexts(dir)).to.throw(/fr\.toml:2: "Ok" in \[answers\] is taken for "decline" already/);
  });

  it('tells all that is wrong with its line', () => {
    write('fr.toml', '[message]\nsms = "no code"\nvoice = "{cod}"\n[words]\nsms = ["1sms"]\nfoo = 1\n');
    write('pt.toml', '[notice]\nsms = "Open it"\nenrol = "{device} {link}"\n');
    write('de.toml', '[prompt]\nenter = "Code"\n');
    write('deutsch.toml', '');
    expect(() => loadTexts(dir))
      .to.throw()
      .with.property('message')
      .that.matches(/fr\.toml:2: "sms" in \[message\] must hold \{code\} or \{digits\}/)
      .and.matches(/fr\.toml:3: .*unknown place/)
      .and.matches(/fr\.toml:5: .*begin with a digit/)
      .and.matches(/fr\.toml:6: unknown key "foo"/)
      .and.matches(/de\.toml:1: \[message\] lacks "sms"/)
      .and.matches(/pt\.toml:2: "sms" in \[notice\] must hold \{link\}/)
      .and.matches(
        /pt\.toml:3: "enrol" in \[notice\] has an unknown place; known: \{application\}, \{until\}, \{link\}/,
      )
      .and.matches(/deutsch\.toml:1: the name/)
      .and.not.matches(/\[answers\] lacks/);
  });
});

describe('deliver: numbers and senders', () => {
  it('reads numbers with and without an extension', () => {
    const read = (typed: string): unknown => {
      const result = readPhoneNumber(typed);
      return result.kind === 'number' ? result.number : undefined;
    };
    expect(read('+33 6.12-34/56 (12)')).to.equal('+33612345612');
    for (const typed of ['+33 1 23 45 67 89 ext. 42', '+33123456789;ext=42', '+33123456789 x42', '+33123456789#42'])
      expect(read(typed), typed).to.equal('+33123456789;ext=42');
    for (const typed of [
      '0612345612',
      '0033612345612',
      '+33 (0)6 12',
      '+0612345612',
      '+33612345612 ext',
      '+3361234567a',
    ])
      expect(read(typed), typed).to.equal(undefined);
  });

  it('shows little of a number and of an address', () => {
    expect(maskNumber('+33612345612')).to.equal('+33 ** ** ** 12');
    expect(maskNumber('+15551234567;ext=99')).to.equal('+1 ** ** ** 67 ext **');
    expect(maskAddress('alice@corp.example')).to.equal('a****@corp.example');
  });

  it('takes the sender of the longest prefix, and always the same for one number', () => {
    const senders = [
      { prefix: '', sender: 'ANY' },
      { prefix: '+33', sender: 'FR1' },
      { prefix: '+33', sender: 'FR2' },
    ];
    expect(chooseSender('+41791234567', senders)).to.equal('ANY');
    const pool = Array.from({ length: 20 }, (_, i) => chooseSender(`+336123456${10 + i}`, senders));
    expect(new Set(pool)).to.deep.equal(new Set(['FR1', 'FR2']));
    expect(chooseSender('+33612345612', senders)).to.equal(chooseSender('+33612345612', senders));
    expect(chooseSender('+33612345612', [])).to.equal(undefined);
  });
});
