import { expect } from 'chai';
import * as fc from 'fast-check';
import { decodeAccessRequest } from '../../../src/packet/access-request.ts';
import { encodeReply, encodeRequest, replyIsAuthentic, requestIsAuthentic } from '../../../src/packet/authenticator.ts';
import { Code, Type } from '../../../src/packet/constants.ts';
import { parsePacket, type Attribute } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { hidePassword } from '../../../src/packet/user-password.ts';
import { loadNpmRadius } from '../../support/npm-radius.ts';

const library = loadNpmRadius();
const secretText = 'a secret of the tests';
const secret = new SharedSecret(Buffer.from(secretText));

const random16 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array));
// The library knows text in UTF-8 alone, and takes the first NUL as the end of a password.
const password = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 24 })
  .filter((text) => Buffer.byteLength(text) <= 128 && !text.includes('\0'));
const userName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 24 })
  .filter((text) => Buffer.byteLength(text) <= 253);

describe('packet: npm radius as an independent judge', () => {
  it('reads the requests that we write: names, passwords, integers, addresses, vendors, Message-Authenticator', () => {
    fc.assert(
      fc.property(fc.nat(255), random16, userName, password, (identifier, authenticator, user, typed) => {
        const attributes: Attribute[] = [
          { type: Type.userName, value: Buffer.from(user) },
          { type: Type.userPassword, value: hidePassword(Buffer.from(typed), secret, authenticator) },
          { type: Type.nasIpAddress, value: Buffer.of(192, 0, 2, 7) },
          { type: 5, value: Buffer.of(0, 0, 1, 2) },
          { type: Type.state, value: authenticator },
        ];
        const written = encodeRequest(Code.accessRequest, identifier, authenticator, attributes, secret);
        const read = library.decode({ packet: Buffer.from(written), secret: secretText });
        expect(read).to.include({ code: 'Access-Request', identifier });
        expect(read.authenticator).to.deep.equal(authenticator);
        expect(read.attributes).to.include({
          'User-Name': user,
          'User-Password': typed,
          'NAS-IP-Address': '192.0.2.7',
          'NAS-Port': 258,
        });
        expect(read.attributes['State']).to.deep.equal(authenticator);
        expect(read.raw_attributes.map(([type]) => type)).to.deep.equal([80, 1, 2, 4, 5, 24]);
      }),
      { numRuns: 200 },
    );
  });

  it('writes requests that we read', () => {
    fc.assert(
      fc.property(fc.nat(255), random16, userName, password, (identifier, authenticator, user, typed) => {
        const written = library.encode({
          code: 'Access-Request',
          secret: secretText,
          identifier,
          authenticator,
          attributes: [
            ['User-Name', user],
            ['User-Password', typed],
            ['NAS-IP-Address', '192.0.2.7'],
            ['Vendor-Specific', 9, [[1, Buffer.from('pair')]]],
          ],
          add_message_authenticator: true,
        });
        const packet = parsePacket(written);
        expect(requestIsAuthentic(packet, secret)).to.equal(true);
        const request = decodeAccessRequest(packet, secret);
        expect(packet.identifier).to.equal(identifier);
        expect(request.userName?.toString()).to.equal(user);
        expect(request.credential).to.deep.equal({ kind: 'pap', password: Buffer.from(typed) });
        expect(packet.attributes.find(({ type }) => type === 26)?.value.toString('hex')).to.equal(
          '00000009010670616972',
        );
      }),
      { numRuns: 200 },
    );
  });

  it('believes the replies that we write, for their request alone', () => {
    fc.assert(
      fc.property(
        random16,
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 4 }),
        (authenticator, states) => {
          const proxyStates = states.map((state) => ({ type: Type.proxyState, value: Buffer.from(state) }));
          const request = encodeRequest(Code.accessRequest, 5, authenticator, proxyStates, secret);
          const attributes = [{ type: Type.replyMessage, value: Buffer.from('hello') }];
          const reply = encodeReply(Code.accessAccept, parsePacket(request), attributes, secret);
          const args = { request, response: Buffer.from(reply), secret: secretText };
          expect(library.verify_response(args)).to.equal(true);
          const altered = Buffer.from(reply);
          altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
          expect(library.verify_response({ ...args, response: altered })).to.equal(false);
          const read = library.decode({ packet: Buffer.from(reply), secret: secretText });
          expect(read.raw_attributes.map(([type]) => type)).to.deep.equal([80, 18, ...proxyStates.map(() => 33)]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('writes replies that we believe, for their request alone', () => {
    const request = encodeRequest(
      Code.accessRequest,
      6,
      Buffer.alloc(16, 1),
      [{ type: 33, value: Buffer.of(9) }],
      secret,
    );
    const decoded = library.decode({ packet: Buffer.from(request), secret: secretText });
    for (const code of ['Access-Accept', 'Access-Reject', 'Access-Challenge']) {
      const response = library.encode_response({
        packet: decoded,
        code,
        secret: secretText,
        attributes: [['Reply-Message', 'hello']],
      });
      const reply = parsePacket(response);
      expect(reply.messageAuthenticatorAt).to.be.above(0);
      expect(replyIsAuthentic(reply, request.subarray(4, 20), secret)).to.equal(true);
      expect(replyIsAuthentic(reply, Buffer.alloc(16, 2), secret)).to.equal(false);
    }
  });

  it('writes a Status-Server that we believe', () => {
    const query = library.encode({ code: 'Status-Server', secret: secretText, identifier: 1, attributes: [] });
    expect(requestIsAuthentic(parsePacket(query), secret)).to.equal(true);
  });
});
