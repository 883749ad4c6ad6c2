import { expect } from 'chai';
import { codeRandom, newCode } from '../../../src/factor/new-code.ts';
import { reachableBy } from '../../../src/factor/sent-target.ts';
import { sentMethods } from '../../../src/policy/sent-method.ts';

describe('factor: codes that are sent', () => {
  it('have as many digits as they must, zeros at the front too', () => {
    expect(newCode(Buffer.alloc(codeRandom), 6)).to.equal('000000');
    expect(newCode(Buffer.from('0000000000000007', 'hex'), 8)).to.equal('00000007');
    // 2^64 - 1 = 18446744073709551615
    expect(newCode(Buffer.alloc(codeRandom, 0xff), 6)).to.equal('551615');
  });

  it('reach a user by what is known of him', () => {
    const rules = { allow: ['+33'], deny: [] };
    const reached = (phone: string | null, email: string | null): string[] =>
      reachableBy(sentMethods, { store: { phones: [phone], emails: [email] }, directory: undefined }, ['store'], rules);
    expect(reached('+33612345612', 'a@corp.example')).to.deep.equal(['sms', 'voice', 'email']);
    expect(reached('+41791234567', null)).to.deep.equal([]);
    expect(reached(null, 'a@b, c@d')).to.deep.equal([]);
  });
});
