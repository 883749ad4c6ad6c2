import { writeFileSync, openSync, closeSync, ftruncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { importPskc } from '../../../src/import/import-pskc.ts';
import { ImportScratch, sorted, vector } from './import-scratch.ts';
import { container, keyPackage, plainKey } from './pskc-writer.ts';

const namespace = 'xmlns="urn:ietf:params:xml:ns:keyprov:pskc"';

describe('import/pskc: hostile and broken XML', () => {
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  async function refused(text: string | Uint8Array, ...messages: readonly RegExp[]): Promise<void> {
    const { rows, problems } = await scratch.pskc(text);
    expect(rows).to.deep.equal([]);
    expect(problems).to.have.length(messages.length);
    messages.forEach((message, i) => expect(problems[i]).to.match(message));
  }

  const good = container(keyPackage());

  it('what the cases below are made from imports', async () => {
    const { rows, problems } = await scratch.pskc(good);
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
  });

  for (const [what, doctype] of [
    ['a document type declaration', '<!DOCTYPE KeyContainer>'],
    ['one that names a file', '<!DOCTYPE KeyContainer SYSTEM "file:///etc/passwd">'],
    ['external entities', '<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    [
      'a billion laughs',
      `<!DOCTYPE k [<!ENTITY l0 "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')}]>`,
    ],
    ['an entity declaration alone', '<!ENTITY x "y">'],
  ] as const)
    it(`${what} is refused, before the container and within it`, async () => {
      await refused(good.replace('<KeyContainer', `${doctype}<KeyContainer`), /^2: Document type and entity/);
      await refused(good.replace('<KeyPackage', `${doctype}<KeyPackage`), /^3: Document type and entity/);
      await refused(good.replace('<Key ', `${doctype}<Key `), /^3: Document type and entity/);
    });

  it('the same in a comment or in CDATA is text', async () => {
    const { rows, problems } = await scratch.pskc(
      good
        .replace('<KeyContainer', '<!-- <!DOCTYPE x> <?pi?> --><KeyContainer')
        .replace('<KeyPackage>', '<!-- <KeyPackage> --><KeyPackage><!-- </KeyPackage> -->')
        .replace('<SerialNo>1', '<SerialNo><![CDATA[<!ENTITY></KeyPackage>]]>1'),
    );
    expect(problems).to.deep.equal([]);
    expect(rows.map(({ serial }) => serial)).to.deep.equal(['<!ENTITY></KeyPackage>1']);
  });

  it('processing instructions are refused, but the XML declaration at the beginning', async () => {
    const pi = '<?xml-stylesheet href="x"?>';
    await refused(good.replace('<KeyContainer', `${pi}<KeyContainer`), /^2: Processing instructions are refused/);
    await refused(good.replace('<KeyPackage', `\n${pi}<KeyPackage`), /^4: Processing instructions are refused/);
    await refused(good.replace('<Key ', '<?php echo 1 ?><Key '), /^3: Processing instructions are refused/);
    await refused(pi + good, /^1: Processing instructions are refused/);
    await refused(good.replace('<KeyContainer', '<?xml version="1.0"?><KeyContainer'), /^2: Processing instructions/);
    const { problems } = await scratch.pskc(`${good}<?pi?>`);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^5: Processing instructions are refused/);
  });

  it('entities that XML does not have are refused in their package, its own five and numbers are resolved once', async () => {
    for (const reference of [
      '&nbsp;',
      '&x;',
      '&',
      '&;',
      '&#0;',
      '&#xD800;',
      '&#x110000;',
      '&#99999999;',
      '&constructor;',
      '&valueOf;',
      '&amp',
    ])
      await refused(good.replace('<SerialNo>1', `<SerialNo>1${reference} `), /^3: Not well-formed XML/);
    const { rows } = await scratch.pskc(
      good.replace('<SerialNo>1', '<SerialNo>&amp;lt;&lt;&gt;&quot;&apos;&#65;&#x42;&#x1F600;'),
    );
    expect(rows.map(({ serial }) => serial)).to.deep.equal(['&lt;<>"\'AB\u{1f600}']);
  });

  for (const [what, broken] of [
    ['a tag not closed', '<KeyPackage><Key><Data></Key></KeyPackage>'],
    ['a tag without its end', '<KeyPackage><Key Id="1</KeyPackage>'],
    ['a quote not closed', '<KeyPackage><Key Id="1><Data/></Key></KeyPackage>'],
    ['an attribute twice', '<KeyPackage><Key Id="1" Id="2"/></KeyPackage>'],
    ['an attribute without quotes', '<KeyPackage><Key Id=1/></KeyPackage>'],
    ['a name that is none', '<KeyPackage><1Key/></KeyPackage>'],
    ['a name that reaches a prototype', '<KeyPackage><__proto__><a/></__proto__></KeyPackage>'],
    ['elements nested a thousand deep', `<KeyPackage>${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}</KeyPackage>`],
    ['a prefix not declared', '<KeyPackage><x:Key/></KeyPackage>'],
    ['no key', '<KeyPackage/>'],
    ['over 64 KiB', `<KeyPackage>${'<a/>'.repeat(20_000)}</KeyPackage>`],
    ['over 64 KiB in one tag', `<KeyPackage><Key Id="${'x'.repeat(200_000)}"></Key></KeyPackage>`],
    ['over 64 KiB in one comment', `<KeyPackage><!-- ${'<x> '.repeat(50_000)} --></KeyPackage>`],
    ['over 64 KiB in one CDATA', `<KeyPackage><![CDATA[${'</KeyPackage> '.repeat(9000)}]]></KeyPackage>`],
    ['no end, though the next one begins', '<KeyPackage><Key>'],
    ['a stray end tag', '</Key>'],
    ['stray text', 'text'],
    ['a stray tag that does not end', '<KeyPackage '],
  ] as const)
    it(`a package with ${what} is told with its line, and those around it import`, async () => {
      const { rows, problems } = await scratch.pskc(
        container(keyPackage({ serial: 'a' }), keyPackage({ serial: 'b' }), broken, keyPackage({ serial: 'c' })),
      );
      expect(rows.map(({ serial, place }) => [serial, place.line])).to.deep.equal([
        ['a', 3],
        ['b', 4],
        ['c', 6],
      ]);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/^5: /);
    });

  it('the line of a problem is that within the package where XML is broken', async () => {
    await refused(container('<KeyPackage>\n<Key\nId="1" Id="2"/>\n</KeyPackage>'), /^[45]: Not well-formed XML/);
  });

  for (const [what, text, message] of [
    ['nothing', '', /^1: This is not XML/],
    ['blanks', ' \n\n ', /^3: This is not XML/],
    ['text', 'serial,secret\n', /^1: This is not XML/],
    ['JSON', '{"a": "<b>"}', /^1: This is not XML/],
    ['another format', '<html><body/></html>', /^1: Not PSKC: the document is "html"/],
    ['an empty container', `<KeyContainer ${namespace}/>`, /^1: There is no token in the file/],
    [
      'a container of another version',
      `<KeyContainer ${namespace} Version="2.0"></KeyContainer>`,
      /^1: PSKC of version "2.0"/,
    ],
    ['a container whose tag is broken', `<KeyContainer ${namespace} Version=1></KeyContainer>`, /^1: Not well-formed/],
    ['a container with an undeclared prefix', '<pskc:KeyContainer></pskc:KeyContainer>', /^1: Not well-formed.*"pskc"/],
    [
      'a container with an endless tag',
      `<KeyContainer ${'a '.repeat(100_000)}`,
      /^1: (?:This is not XML|Not well-formed)/,
    ],
    ['a tag cut off', '<KeyCont', /^1: This is not XML/],
    ['a comment cut off', '<!-- <KeyContainer> ', /^1: This is not XML/],
  ] as const)
    it(`${what} is refused`, () => refused(text, message));

  it('two documents in one file are refused', async () => {
    const { rows, problems } = await scratch.pskc(good + good);
    expect(rows).to.have.length(1);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^5: (?:There is more after the end|Processing instructions)/);
    const second = await scratch.pskc(`${good}<KeyContainer ${namespace}/>`);
    expect(second.problems).to.have.length(1);
    expect(second.problems[0]).to.match(/^5: There is more after the end of the document/);
  });

  it('a file over 256 MiB is refused unread', async () => {
    const file = join(scratch.dir, 'large.xml');
    writeFileSync(file, '');
    const descriptor = openSync(file, 'r+');
    ftruncateSync(descriptor, 256 * 1024 * 1024 + 1);
    closeSync(descriptor);
    expect(await sorted(importPskc(file))).to.deep.equal({
      rows: [],
      problems: ['1: The file is over 256 MiB: split it into several.'],
    });
  });

  it('a file that cannot be read is told so', async () => {
    const missing = await sorted(importPskc(join(scratch.dir, 'missing.xml')));
    expect(missing).to.deep.equal({ rows: [], problems: ["1: The file can't be read (ENOENT)."] });
    const directory = await sorted(importPskc(scratch.dir));
    expect(directory).to.deep.equal({ rows: [], problems: ["1: The file can't be read (EISDIR)."] });
  });

  it('what a terminal would obey is not in a problem, and refused in a value', async () => {
    const escape = '\u009b31m\u202e';
    const named = await scratch.pskc(good.replace('keyprov:pskc:totp', `keyprov:pskc:${escape}`));
    expect(named.problems).to.have.length(1);
    expect(named.problems[0]).to.match(/is not one that radgate can check/);
    // eslint-disable-next-line no-control-regex
    expect(named.problems[0]).not.to.match(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    await refused(good.replace('<SerialNo>1', `<SerialNo>${escape}1`), /The serial number has control characters/);
    await refused(
      good.replace('<SerialNo>1', `<SerialNo>${'1'.repeat(300)}`),
      /The serial number is over 253 characters/,
    );
  });

  it('no problem tells a secret', async () => {
    const secret = plainKey.toString('base64');
    for (const text of [
      good.replace(secret, `${secret}*`),
      good.replace(secret, `${secret}<b>`),
      good.replace(secret, `${secret}<${secret}`),
      good.replace(secret, `" ${secret}='`),
      good.replace('</PlainValue>', ''),
      good.replace('</PlainValue></Secret>', ''),
      good.replace('<PlainValue>', '<PlainValue '),
      good.replace('<Secret><PlainValue>', ''),
      good.replace('</SerialNo>', ''),
    ]) {
      const { problems } = await scratch.pskc(text);
      expect(problems).not.to.have.length(0);
      expect(problems.join()).not.to.include(secret.slice(0, 8));
    }
  });

  it('a file in many shapes gives the same, however it is cut into lines', async () => {
    const text = vector('pskc/feitian.xml');
    const keys = async (content: string): Promise<unknown> =>
      (await scratch.pskc(content)).rows.map(({ place: _place, ...row }) => row);
    const expected = await keys(text);
    expect(expected).to.have.length(2);
    expect(await keys(text.replaceAll('\n', '\r\n'))).to.deep.equal(expected);
    expect(await keys(text.replaceAll(/\n\s*/g, ''))).to.deep.equal(expected);
    expect(await keys(text.replaceAll(/(?<![?/])>/g, '\n>'))).to.deep.equal(expected);
    expect(await keys(text.replaceAll(/"([^"]*)"/g, "'$1'"))).to.deep.equal(expected);
  });
});
