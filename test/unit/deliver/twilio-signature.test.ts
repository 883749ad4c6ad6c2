import { expect } from 'chai';
import { isTwilioSignature } from '../../../src/deliver/twilio-signature.ts';

describe('deliver: the signature of Twilio', () => {
  // The known answer that Twilio's own libraries are tested with.
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
  const token = Buffer.from('12345');
  const fields = new Map([
    ['To', '+18005551212'],
    ['Digits', '1234'],
    ['CallSid', 'CA1234567890ABCDE'],
    ['From', '+14158675309'],
    ['Caller', '+14158675309'],
  ]);

  it('is right for the known answer, in any order of the fields, with a port or without', () => {
    expect(isTwilioSignature(signature, token, url, fields)).to.equal(true);
    expect(isTwilioSignature(signature, token, url.replace('.com/', '.com:8443/'), fields)).to.equal(true);
  });

  it('is wrong for anything else', () => {
    const altered = new Map(fields).set('Digits', '1235');
    const more = new Map(fields).set('Extra', '');
    expect(isTwilioSignature(signature, token, url, altered)).to.equal(false);
    expect(isTwilioSignature(signature, token, url, more)).to.equal(false);
    expect(isTwilioSignature(signature, token, `${url}0`, fields)).to.equal(false);
    expect(isTwilioSignature(signature, Buffer.from('12346'), url, fields)).to.equal(false);
    for (const bad of ['', 'x', `${signature}AAAA`, signature.toLowerCase()])
      expect(isTwilioSignature(bad, token, url, fields), bad).to.equal(false);
  });
});
