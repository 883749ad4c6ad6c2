import { expect } from 'chai';
import { isSigned, sign, signatureWindow } from '../../../src/deliver/signature.ts';

describe('deliver: the signature of a body', () => {
  const secret = Buffer.from('0123456789abcdef');
  const body = Buffer.from('{"id":"1","from":"+33612345678","text":"yes K7MPQ2"}');
  const at = 1_700_000_000_000;
  const header = sign(body, at, secret);

  it('names its time and is the same for text and its octets', () => {
    expect(header).to.match(/^t=1700000000,v1=[0-9a-f]{64}$/);
    expect(sign(body.toString(), at, secret)).to.equal(header);
  });

  it('is what another program makes', () => {
    // openssl dgst -sha256 -hmac 0123456789abcdef, of "1700000000." and the body.
    expect(header).to.equal('t=1700000000,v1=64b1bbdd61b8cf11770a729879840f9348e6d77ee0fd704eb8b4f11a5f3fcacd');
  });

  it('is good for five minutes, either way, and no longer', () => {
    for (const now of [at, at + signatureWindow, at - signatureWindow])
      expect(isSigned(header, body, now, secret), String(now - at)).to.equal(true);
    for (const now of [at + signatureWindow + 1, at - signatureWindow - 1])
      expect(isSigned(header, body, now, secret), String(now - at)).to.equal(false);
  });

  it('is wrong for another body, time or secret, and for what is no signature', () => {
    expect(isSigned(header, Buffer.from(body.toString().replace('yes', 'no')), at, secret)).to.equal(false);
    expect(isSigned(header, body, at, Buffer.from('0123456789abcdeg'))).to.equal(false);
    const late = header.replace('t=1700000000', 't=1700000001');
    const padded = header.replace('t=', 't=0');
    for (const bad of [
      '',
      'x',
      late,
      padded,
      header.toUpperCase(),
      `${header}0`,
      `${header},v1=0`,
      header.slice(0, -1),
    ])
      expect(isSigned(bad, body, at, secret), bad).to.equal(false);
  });
});
