import { expect } from 'chai';
import { emailAddress, phoneNumber } from '../../../src/cli/user/contact.ts';

describe('cli/contact', () => {
  it('keeps a phone number as a plus and digits; empty is none', () => {
    expect(phoneNumber('+41 (79) 123-45.67')).to.equal('+41791234567');
    expect(phoneNumber('+41 79/123 45 67 ext. 12')).to.equal('+41791234567;ext=12');
    expect(phoneNumber('')).to.equal(null);
  });

  it('refuses what is no phone number', () => {
    for (const typed of ['call me', '12', '+', '1'.repeat(16), '12+34', '٣٣٣٣', ' ', '079/1234567'])
      expect(() => phoneNumber(typed), typed).to.throw('--phone');
  });

  it('keeps an e-mail address as it is; empty is none', () => {
    expect(emailAddress('Ä.b+c@corp.example')).to.equal('Ä.b+c@corp.example');
    expect(emailAddress('')).to.equal(null);
  });

  it('refuses what is no e-mail address', () => {
    for (const typed of ['alice', '@b', 'a@', 'a@b@c', 'a b@c', 'a@b\nc', 'a\u202e@b', `${'a'.repeat(250)}@b.ch`])
      expect(() => emailAddress(typed), typed).to.throw('--email');
  });
});
