import { expect } from 'chai';
import { authority } from '../../../src/config/authority.ts';
import { OperatorError } from '../../../src/errors.ts';
import { Scratch } from '../config/scratch.ts';

describe('deliver/authority: what a ca_file names', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const failure = (file: string): OperatorError => {
    try {
      authority(file);
    } catch (error) {
      if (error instanceof OperatorError) return error;
      throw error;
    }
    return expect.fail('it was taken');
  };

  it('is taken as it is, and may be left out', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    expect(authority(scratch.write('ca.pem', pem))).to.equal(pem);
    expect(authority(undefined)).to.equal(undefined);
  });

  it('is refused if it is no PEM, too large or not there, with a remedy that fits each section that has one', () => {
    for (const [file, why] of [
      [scratch.write('ca.der', Buffer.from('308201', 'hex')), 'has no certificate in PEM'],
      [scratch.write('large.pem', Buffer.alloc(1024 * 1024 + 1, '-----BEGIN CERTIFICATE-----')), 'is too large'],
      [`${scratch.dir}/none.pem`, 'cannot be read: there is no such file'],
    ] as const) {
      const { code, message, remedy } = failure(file);
      expect([code, message.startsWith(`${file} ${why}`)]).to.deep.equal(['ca-unreadable', true]);
      expect(remedy)
        .to.match(/"ca_file" of radius\.conf.*openssl x509/)
        .and.to.not.contain('[[');
    }
  });
});
