import { expect } from 'chai';
import { vendorAttributes, vendorSpecific } from '../../../src/packet/vendor-specific.ts';

describe('packet/vendor-specific (RFC 2865 section 5.26)', () => {
  it('one attribute is wrapped and taken out again', () => {
    const wrapped = vendorSpecific({ vendor: 311, type: 16, value: Buffer.from('abc') });
    expect(wrapped).to.deep.equal({ type: 26, value: Buffer.from('000001371005616263', 'hex') });
    expect(vendorAttributes(wrapped.value)).to.deep.equal([{ vendor: 311, type: 16, value: Buffer.from('abc') }]);
  });

  it('several are taken out in their order, empty ones too', () => {
    const value = Buffer.from('ffffffff 0102 020461c3 0102'.replaceAll(' ', ''), 'hex');
    expect(vendorAttributes(value)).to.deep.equal([
      { vendor: 0xffffffff, type: 1, value: Buffer.alloc(0) },
      { vendor: 0xffffffff, type: 2, value: Buffer.of(0x61, 0xc3) },
      { vendor: 0xffffffff, type: 1, value: Buffer.alloc(0) },
    ]);
  });

  it('a vendor alone has none inside', () => {
    expect(vendorAttributes(Buffer.of(0, 0, 0, 9))).to.deep.equal([]);
  });

  for (const hex of ['', '000009', '0000000901', '000000090101', '000000090100', '00000009010461', '0000000901036101'])
    it(`"${hex}" is not laid out so`, () => {
      expect(vendorAttributes(Buffer.from(hex, 'hex'))).to.equal(undefined);
    });

  it('247 octets fit, 248 are refused', () => {
    expect(vendorSpecific({ vendor: 9, type: 1, value: Buffer.alloc(247) }).value).to.have.length(253);
    expect(() => vendorSpecific({ vendor: 9, type: 1, value: Buffer.alloc(248) })).to.throw(RangeError, /248/);
  });
});
