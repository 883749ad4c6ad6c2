import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { ExportError, ExportReader } from '../../../src/store/export-reader.ts';
import { ExportWriter } from '../../../src/store/export-writer.ts';
import { tables } from '../../../src/store/tables.ts';

describe('store/export: what is kept of passwords', () => {
  const users = tables.find(({ name }) => name === 'users') ?? expect.fail('no table users');
  const passphrase = Buffer.from('a long passphrase');
  const ntHash = randomBytes(16);
  const password = Buffer.from('kept in clear \u20ac');
  const rows = [
    { id: 'a', name: 'alice', password: '$scrypt$x', sealed_nt_hash: ntHash, sealed_password: null },
    { id: 'b', name: 'bob', password: '$scrypt$y', sealed_nt_hash: null, sealed_password: password },
    { id: 'c', name: 'carol', password: null, sealed_nt_hash: null, sealed_password: null },
  ];
  let lines: string[];
  before(async () => {
    const writer = await ExportWriter.start(passphrase, randomBytes(16));
    const content = [writer.digestKey(randomBytes(32)), ...rows.map((row) => writer.row(users, row)), writer.end()];
    lines = [writer.header, ...content].map((line) => line.trimEnd());
  });

  it('comes back as it was, and stands in no line in clear', async () => {
    const [header = '', ...others] = lines;
    const reader = await ExportReader.start(header, passphrase);
    const read = others.map((line) => reader.read(line));
    reader.finish();
    expect(read.flatMap((line) => (line.kind === 'row' ? [line.row] : []))).to.deep.equal(rows);
    for (const secret of [ntHash, password])
      for (const spelling of [secret.toString('hex'), secret.toString('base64'), secret.toString('utf8')])
        expect(lines.join('\n')).not.to.contain(spelling);
  });

  it('is of one user alone: in the row of another it is damage', async () => {
    const writer = await ExportWriter.start(passphrase, randomBytes(16));
    const [key, row] = [writer.digestKey(randomBytes(32)), writer.row(users, rows[1] ?? {})];
    const reader = await ExportReader.start(writer.header.trimEnd(), passphrase);
    reader.read(key.trimEnd());
    const moved = row.trimEnd().replace('"id":"b"', '"id":"a"');
    expect(() => reader.read(moved)).to.throw(ExportError, 'damaged');
  });
});
