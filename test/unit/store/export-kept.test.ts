import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { exportKeys, exportMac } from '../../../src/store/export-format.ts';
import { ExportError, ExportReader, readHeader } from '../../../src/store/export-reader.ts';
import { ExportWriter } from '../../../src/store/export-writer.ts';
import { SealError } from '../../../src/store/seal.ts';
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

  it('is of one user alone: moved to another by somebody who knows the passphrase, it does not open', async () => {
    const [header = '', key = '', alice = '', bob = ''] = lines;
    const reader = await ExportReader.start(header, passphrase);
    reader.read(key);
    reader.read(alice);
    const { mac: _mac, ...content } = JSON.parse(bob.replace('"id":"b"', '"id":"a"')) as Record<string, unknown>;
    const { row } = content as { row: Record<string, unknown> };
    row['password'] = null;
    const keys = await exportKeys(passphrase, readHeader(header), header);
    const forge = (): string => JSON.stringify({ ...content, mac: exportMac(keys, 4, JSON.stringify(content)) });
    expect(() => reader.read(forge()))
      .to.throw(ExportError, 'damaged')
      .with.property('cause')
      .that.is.instanceOf(SealError);
  });
});
