import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { unpackRows } from '../../../src/store/packed-rows.ts';
import { packed } from '../../support/packed.ts';

describe('store: packed rows', () => {
  const rows = Array.from({ length: 5_000 }, (_, line) => ({
    id: randomBytes(16).toString('hex'),
    key: randomBytes(20).toString('base64'),
    serial: `230800${line}`,
    user: `usér${line}@corp.example`,
    type: 'totp',
    algorithm: 'sha1',
    validUntil: null,
  }));

  it('gives them back in their order, so many at a time', () => {
    const pieces = [...unpackRows<(typeof rows)[number]>(packed(rows), 200)];
    expect(pieces.flat()).to.deep.equal(rows);
    expect(new Set(pieces.map(({ length }) => length))).to.deep.equal(new Set([200]));
    expect([...unpackRows(packed([]), 200)]).to.deep.equal([]);
  });

  it('keeps little more in memory than what is random in a row', () => {
    const size = packed(rows).reduce((sum, { buffer }) => sum + buffer.byteLength, 0) / rows.length;
    expect(size).to.be.within(36, 80);
  });
});
