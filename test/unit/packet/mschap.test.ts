import { expect } from 'chai';
import * as fc from 'fast-check';
import { md4 } from '../../../src/packet/md4.ts';
import { mppeKeys } from '../../../src/packet/mppe.ts';
import {
  authenticatorResponse,
  challengeHash,
  challengeResponse,
  msChap2Response,
  ntHash,
} from '../../../src/packet/mschap.ts';
import { sha1 } from '../../../src/packet/sha1.ts';
import { readVectors } from '../../support/read-vectors.ts';

const vectors = readVectors('rfc2759-section9.txt');
const hash = vectors.octets('PasswordHash');
const ntResponse = vectors.octets('NTResponse');
const challenge = vectors.octets('Challenge');
const octets = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

describe('packet: MS-CHAPv2, RFC 2759 section 9.2', () => {
  it('NtPasswordHash and HashNtPasswordHash', () => {
    expect(ntHash(vectors.text('password'))).to.deep.equal(hash);
    expect(md4(hash)).to.deep.equal(vectors.octets('PasswordHashHash'));
  });

  it('ChallengeHash', () => {
    const name = Buffer.from(vectors.text('user name'));
    const [peer, authenticator] = [vectors.octets('PeerChallenge'), vectors.octets('AuthenticatorChallenge')];
    expect(challengeHash(peer, authenticator, name)).to.deep.equal(challenge);
  });

  it('GenerateNTResponse', () => {
    expect(challengeResponse(challenge, hash)).to.deep.equal(ntResponse);
  });

  it('GenerateAuthenticatorResponse', () => {
    expect(authenticatorResponse(hash, ntResponse, challenge)).to.equal(vectors.text('AuthenticatorResponse'));
  });

  it('a response is of one password and one challenge alone', () => {
    fc.assert(
      fc.property(octets(16), octets(8), octets(16), octets(8), (one, asked, other, askedToo) => {
        fc.pre(!one.equals(other) || !asked.equals(askedToo));
        expect(challengeResponse(asked, one)).not.to.deep.equal(challengeResponse(askedToo, other));
      }),
    );
  });

  it('takes the parts of MS-CHAP2-Response from where RFC 2548 section 2.3.2 has them', () => {
    fc.assert(
      fc.property(octets(2), octets(16), octets(8), octets(24), (head, peerChallenge, reserved, response) => {
        const read = msChap2Response(Buffer.concat([head, peerChallenge, reserved, response]));
        expect(read).to.deep.equal({ ident: head[0], peerChallenge, ntResponse: response });
      }),
    );
  });
});

describe('packet: MPPE keys, RFC 3079 section 3.5', () => {
  const keys = readVectors('rfc3079-section3.5.txt');

  it('GetMasterKey and GetAsymmetricStartKey, for the server to send', () => {
    expect(mppeKeys(hash, ntResponse).send).to.deep.equal(keys.octets('SendStartKey128'));
  });

  it('the session key that follows from it is that of the RFC', () => {
    const { send } = mppeKeys(hash, ntResponse);
    // RFC 3079 section 3.4, GetNewKeyFromSHA.
    const session = sha1(send, Buffer.alloc(40), send, Buffer.alloc(40, 0xf2)).subarray(0, 16);
    expect(session).to.deep.equal(keys.octets('SendSessionKey128'));
  });

  it('the two directions have different keys', () => {
    fc.assert(
      fc.property(octets(16), octets(24), (any, response) => {
        const { send, receive } = mppeKeys(any, response);
        expect([send.length, receive.length]).to.deep.equal([16, 16]);
        expect(send.equals(receive)).to.equal(false);
      }),
    );
  });
});
