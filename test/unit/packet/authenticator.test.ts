import { expect } from 'chai';
import { encodeReply, encodeRequest, replyIsAuthentic, requestIsAuthentic } from '../../../src/packet/authenticator.ts';
import { Code } from '../../../src/packet/constants.ts';
import { parsePacket } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import {
  accessRequest,
  attribute,
  parsePacket as parseByHand,
  reply,
  statusServer,
  verifyMessageAuthenticator,
  verifySignedReply,
  type Placement,
} from '../../peer/packet-bytes.ts';

const secretText = 'correct horse battery';
const secret = new SharedSecret(Buffer.from(secretText));
const other = new SharedSecret(Buffer.from('another horse battery'));
const request = (messageAuthenticator: Placement = 'first', attributes = [attribute(33, 'a'), attribute(33, 'b')]) =>
  accessRequest({ identifier: 9, secret: secretText, user: 'alice', password: 'x', messageAuthenticator, attributes });

/** Every packet that differs from this one in a single octet, but for the two of Length. */
function* alterations(packet: Buffer): Generator<Buffer> {
  for (let at = 0; at < packet.length; at++) {
    if (at === 2 || at === 3) continue;
    const altered = Buffer.from(packet);
    altered[at] = (altered[at] ?? 0) ^ 0x40;
    yield altered;
  }
}

function accepted(packet: Buffer, judge: (packet: ReturnType<typeof parsePacket>) => boolean): boolean {
  try {
    return judge(parsePacket(packet));
  } catch {
    return false;
  }
}

describe('packet/authenticator: requests (RFC 3579 section 3.2)', () => {
  for (const placement of ['first', 'last'] as const)
    it(`a Message-Authenticator that stands ${placement} is verified`, () => {
      expect(requestIsAuthentic(parsePacket(request(placement)), secret)).to.equal(true);
      expect(requestIsAuthentic(parsePacket(request(placement)), other)).to.equal(false);
    });

  it('a wrong one is not, nor is none', () => {
    expect(requestIsAuthentic(parsePacket(request('wrong')), secret)).to.equal(false);
    expect(requestIsAuthentic(parsePacket(request('none')), secret)).to.equal(false);
  });

  it('an altered octet anywhere is found', () => {
    for (const altered of alterations(request()))
      expect(
        accepted(altered, (packet) => requestIsAuthentic(packet, secret)),
        altered.toString('hex'),
      ).to.equal(false);
  });

  it('padding beyond Length is no part of it', () => {
    const padded = Buffer.concat([request(), Buffer.from('padding')]);
    expect(requestIsAuthentic(parsePacket(padded), secret)).to.equal(true);
  });

  it('a Status-Server is verified alike (RFC 5997 section 3)', () => {
    expect(requestIsAuthentic(parsePacket(statusServer({ identifier: 1, secret: secretText })), secret)).to.equal(true);
  });

  it('those we write carry a right Message-Authenticator, first', () => {
    const authenticator = Buffer.alloc(16, 7);
    const written = encodeRequest(
      Code.accessRequest,
      3,
      authenticator,
      [{ type: 1, value: Buffer.from('bob') }],
      secret,
    );
    const packet = parseByHand(written);
    expect(packet).to.include({ code: 1, identifier: 3 });
    expect(packet.authenticator).to.deep.equal(authenticator);
    expect(packet.attributes.map(({ type }) => type)).to.deep.equal([80, 1]);
    verifyMessageAuthenticator(packet, authenticator, secretText);
  });
});

describe('packet/authenticator: replies (RFC 2865 section 3)', () => {
  const asked = request();
  const requestAuthenticator = asked.subarray(4, 20);
  const answer = (messageAuthenticator: Placement): Buffer =>
    reply(Code.accessAccept, parseByHand(asked), {
      secret: secretText,
      attributes: [attribute(25, 'class')],
      messageAuthenticator,
    });

  for (const placement of ['first', 'last', 'none'] as const)
    it(`with its Message-Authenticator ${placement} is verified, for its request and secret alone`, () => {
      const packet = parsePacket(answer(placement));
      expect(replyIsAuthentic(packet, requestAuthenticator, secret)).to.equal(true);
      expect(replyIsAuthentic(packet, requestAuthenticator, other)).to.equal(false);
      expect(replyIsAuthentic(packet, request().subarray(4, 20), secret)).to.equal(false);
    });

  it('whose Response Authenticator is right and whose Message-Authenticator is not is refused (CVE-2024-3596)', () => {
    expect(replyIsAuthentic(parsePacket(answer('wrong')), requestAuthenticator, secret)).to.equal(false);
  });

  it('whose Message-Authenticator is right and whose Response Authenticator is not is refused', () => {
    const forged = reply(Code.accessAccept, parseByHand(asked), { secret: secretText, forged: true });
    expect(replyIsAuthentic(parsePacket(forged), requestAuthenticator, secret)).to.equal(false);
  });

  it('an altered octet anywhere is found, with and without Message-Authenticator', () => {
    for (const placement of ['first', 'none'] as const)
      for (const altered of alterations(answer(placement)))
        expect(
          accepted(altered, (packet) => replyIsAuthentic(packet, requestAuthenticator, secret)),
          altered.toString('hex'),
        ).to.equal(false);
  });
});

describe('packet/authenticator: the replies we write', () => {
  it('carry both authenticators, Message-Authenticator first, and the Proxy-States last and in their order (section 5.33)', () => {
    const asked = request('first', [
      attribute(33, 'one'),
      attribute(25, 'not echoed'),
      attribute(33, ''),
      attribute(33, 'one'),
    ]);
    const attributes = [
      { type: 18, value: Buffer.from('hello') },
      { type: 25, value: Buffer.of(1, 2, 3) },
    ];
    for (const code of [Code.accessAccept, Code.accessReject, Code.accessChallenge]) {
      const written = encodeReply(code, parsePacket(asked), attributes, secret);
      const packet = verifySignedReply(written, asked, secretText);
      expect(packet.code).to.equal(code);
      expect(packet.attributes.slice(1).map(({ type, value }) => [type, value.toString('latin1')])).to.deep.equal([
        [18, 'hello'],
        [25, '\x01\x02\x03'],
        [33, 'one'],
        [33, ''],
        [33, 'one'],
      ]);
    }
  });

  it('are signed the same way for a request without Message-Authenticator', () => {
    const asked = request('none');
    verifySignedReply(encodeReply(Code.accessReject, parsePacket(asked), [], secret), asked, secretText);
  });

  it('fit 4096 octets, Proxy-States included, or are refused', () => {
    const asked = parsePacket(request('first', [attribute(33, Buffer.alloc(253))]));
    const fill = (last: number) => [
      ...Array.from({ length: 14 }, () => ({ type: 25, value: Buffer.alloc(253) })),
      { type: 25, value: Buffer.alloc(last) },
    ];
    // 20 + 18 + 14 * 255 + (2 + last) + 255
    expect(encodeReply(2, asked, fill(231), secret)).to.have.length(4096);
    expect(() => encodeReply(2, asked, fill(232), secret)).to.throw(RangeError, /4097/);
  });
});

describe('packet/shared-secret', () => {
  it('is never empty (RFC 2865 section 3)', () => {
    expect(() => new SharedSecret(Buffer.alloc(0))).to.throw(RangeError);
  });

  it('does not follow what becomes of the octets it was made from', () => {
    const octets = Buffer.from(secretText);
    const own = new SharedSecret(octets);
    const before = own.md5(Buffer.alloc(0), Buffer.alloc(0));
    octets.fill(0);
    expect(own.md5(Buffer.alloc(0), Buffer.alloc(0))).to.deep.equal(before);
    expect(requestIsAuthentic(parsePacket(request()), own)).to.equal(true);
  });
});
