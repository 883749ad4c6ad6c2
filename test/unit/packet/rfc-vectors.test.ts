import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeAccessRequest } from '../../../src/packet/access-request.ts';
import { replyIsAuthentic, requestIsAuthentic } from '../../../src/packet/authenticator.ts';
import { Code, Type } from '../../../src/packet/constants.ts';
import { encodePacket, firstValue, parsePacket, PacketError, type Packet } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { hidePassword } from '../../../src/packet/user-password.ts';
import { readVectors } from '../../support/read-vectors.ts';

describe('packet: RFC 2865 section 7', () => {
  const vectors = readVectors('rfc2865-section7.txt');
  const secret = new SharedSecret(Buffer.from(vectors.text('secret')));
  const packet = (name: string): Packet => parsePacket(vectors.octets(name));
  const passwordOf = (request: Packet): string => {
    const { credential } = decodeAccessRequest(request, secret);
    if (credential.kind !== 'pap') throw new Error(`a ${credential.kind} request`);
    return credential.password.toString();
  };
  const rewritten = ({ code, identifier, authenticator, attributes }: Packet): Buffer =>
    encodePacket(code, identifier, authenticator, attributes);

  for (const name of [
    '7.1 Access-Request',
    '7.1 Access-Accept',
    '7.2 Access-Request',
    '7.2 Access-Accept',
    '7.3 Access-Request',
    '7.3 Access-Challenge',
    '7.3 Access-Reject',
  ])
    it(`${name} is read and written again to the octet`, () => {
      expect(rewritten(packet(name))).to.deep.equal(vectors.octets(name));
    });

  it('7.1: the password is revealed, and hidden again to the octet', () => {
    const request = packet('7.1 Access-Request');
    expect(decodeAccessRequest(request, secret).userName?.toString()).to.equal('nemo');
    expect(passwordOf(request)).to.equal(vectors.text('7.1 password'));
    const hidden = hidePassword(Buffer.from(vectors.text('7.1 password')), secret, request.authenticator);
    expect(hidden).to.deep.equal(firstValue(request.attributes, Type.userPassword));
  });

  it('7.2: the credential is CHAP, and the response is that of the password in 7.1', () => {
    const request = packet('7.2 Access-Request');
    const response = createHash('md5')
      .update(Buffer.of(22))
      .update(vectors.text('7.1 password'))
      .update(request.authenticator)
      .digest();
    const challenge = request.authenticator;
    const expected = { kind: 'chap', id: 22, response, challenge };
    expect(decodeAccessRequest(request, secret).credential).to.deep.equal(expected);
  });

  it('7.3: the password is revealed, and the challenge carries its text and State', () => {
    expect(passwordOf(packet('7.3 Access-Request'))).to.equal(vectors.text('7.3 password'));
    const challenge = packet('7.3 Access-Challenge');
    expect(challenge.code).to.equal(Code.accessChallenge);
    expect(firstValue(challenge.attributes, Type.state)?.toString()).to.equal('32769430');
    expect(firstValue(challenge.attributes, Type.replyMessage)?.toString()).to.match(/^Challenge 32769430\. /);
  });

  it('7.3: the second Access-Request, whose State is longer than its packet, is refused as printed', () => {
    const printed = vectors.octets('7.3 second Access-Request');
    expect(() => parsePacket(printed))
      .to.throw(PacketError)
      .with.property('malformation', 'attribute-length');
    const mended = Buffer.from(printed);
    mended[printed.length - 9] = 0x0a;
    expect(passwordOf(parsePacket(mended))).to.equal(vectors.text('7.3 second password'));
  });

  for (const [request, reply] of [
    ['7.1 Access-Request', '7.1 Access-Accept'],
    ['7.2 Access-Request', '7.2 Access-Accept'],
    ['7.3 Access-Request', '7.3 Access-Challenge'],
    ['7.3 second Access-Request', '7.3 Access-Reject'],
  ] as const)
    it(`${reply} answers ${request}, under this secret alone`, () => {
      const authenticator = vectors.octets(request).subarray(4, 20);
      expect(replyIsAuthentic(packet(reply), authenticator, secret)).to.equal(true);
      expect(replyIsAuthentic(packet(reply), authenticator, new SharedSecret(Buffer.from('xyzzy5462')))).to.equal(
        false,
      );
      expect(replyIsAuthentic(packet(reply), Buffer.alloc(16), secret)).to.equal(false);
    });
});

describe('packet: RFC 5997 section 6', () => {
  const vectors = readVectors('rfc5997-section6.txt');
  const secret = new SharedSecret(Buffer.from(vectors.text('secret')));

  for (const name of ['6.1 Status-Server', '6.2 Status-Server'])
    it(`${name} has a right Message-Authenticator, under this secret alone`, () => {
      const query = parsePacket(vectors.octets(name));
      expect(query.code).to.equal(Code.statusServer);
      expect(requestIsAuthentic(query, secret)).to.equal(true);
      expect(requestIsAuthentic(query, new SharedSecret(Buffer.from('xyzzy5460')))).to.equal(false);
    });

  it('6.1 Access-Accept answers 6.1 Status-Server', () => {
    const { authenticator } = parsePacket(vectors.octets('6.1 Status-Server'));
    expect(replyIsAuthentic(parsePacket(vectors.octets('6.1 Access-Accept')), authenticator, secret)).to.equal(true);
  });

  it('6.2: the reply as printed, with code 2, is refused; with code 5 it answers 6.2 Status-Server', () => {
    const { authenticator } = parsePacket(vectors.octets('6.2 Status-Server'));
    const printed = vectors.octets('6.2 Accounting-Response as printed');
    expect(replyIsAuthentic(parsePacket(printed), authenticator, secret)).to.equal(false);
    printed[0] = Code.accountingResponse;
    expect(replyIsAuthentic(parsePacket(printed), authenticator, secret)).to.equal(true);
  });
});
