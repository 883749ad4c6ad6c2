import { expect } from 'chai';
import { decodeAccessRequest, type AccessRequest } from '../../../src/packet/access-request.ts';
import { PacketError, parsePacket, type Malformation } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { accessRequest, attribute, hidePassword, vendorAttribute, type RawAttribute } from '../../peer/packet-bytes.ts';

const secretText = 'correct horse battery';
const secret = new SharedSecret(Buffer.from(secretText));
const authenticator = Buffer.alloc(16, 0x5a);

function decode(attributes: readonly RawAttribute[], user: string | null = 'alice'): AccessRequest {
  const name = user === null ? {} : { user };
  return decodeAccessRequest(
    parsePacket(accessRequest({ identifier: 1, secret: secretText, authenticator, attributes, ...name })),
    secret,
  );
}

function malformation(attributes: readonly RawAttribute[]): Malformation | undefined {
  try {
    decode(attributes);
    return undefined;
  } catch (error) {
    if (error instanceof PacketError) return error.malformation;
    throw error;
  }
}

const pap = attribute(2, hidePassword('secret', authenticator, secretText));
const chap = attribute(3, Buffer.alloc(17, 1));
const arap = attribute(70, Buffer.alloc(16, 2));
const eap = attribute(79, Buffer.of(2, 0, 0, 4));
const msChap = vendorAttribute(311, 1, Buffer.alloc(50, 3));
const msChap2 = vendorAttribute(311, 25, Buffer.alloc(50, 4));
const msChapChange = vendorAttribute(311, 4, Buffer.alloc(68, 5));
const msChap2Change = vendorAttribute(311, 27, Buffer.alloc(68, 6));
const credentials = { pap, chap, arap, eap, msChap, msChap2, msChapChange, msChap2Change };
const challenge = (octets: number): RawAttribute => vendorAttribute(311, 11, Buffer.alloc(octets, 7));

describe('packet/access-request: User-Password (RFC 2865 section 5.2)', () => {
  for (const size of [0, 15, 17, 31, 129, 144])
    it(`of ${size} octets is refused`, () => {
      expect(malformation([attribute(2, Buffer.alloc(size))])).to.equal('user-password-length');
    });

  for (const size of [16, 32, 112, 128])
    it(`of ${size} octets is read`, () => {
      const password = 'p'.repeat(size - 1);
      const { credential } = decode([attribute(2, hidePassword(password, authenticator, secretText))]);
      expect(credential).to.deep.equal({ kind: 'pap', password: Buffer.from(password) });
    });

  it('is bytes, not text', () => {
    const password = Buffer.from('c3ff00e29c93fe', 'hex');
    const { credential } = decode([attribute(2, hidePassword(password, authenticator, secretText))]);
    expect(credential).to.deep.equal({ kind: 'pap', password });
  });
});

describe('packet/access-request: credentials (RFC 3579 section 3.3)', () => {
  for (const [name, expected] of [
    ['pap', 'pap'],
    ['chap', 'chap'],
    ['arap', 'arap'],
    ['eap', 'eap'],
    ['msChapChange', 'ms-chap-change'],
    ['msChap2Change', 'ms-chap-change'],
  ] as const)
    it(`${name} alone is ${expected}`, () => {
      expect(decode([credentials[name]]).credential.kind).to.equal(expected);
    });

  it('may be missing', () => {
    expect(decode([]).credential).to.deep.equal({ kind: 'none' });
  });

  const names = Object.keys(credentials) as (keyof typeof credentials)[];
  for (const one of names)
    for (const other of names) {
      if (one === other) continue;
      it(`${one} with ${other} is refused`, () => {
        expect(malformation([credentials[one], attribute(4, Buffer.alloc(4)), credentials[other]])).to.equal(
          'several-credentials',
        );
      });
    }

  it('all at once are refused', () => {
    expect(malformation(Object.values(credentials))).to.equal('several-credentials');
  });

  it('EAP-Message may be repeated: it is one message in pieces (RFC 3579 section 3.1)', () => {
    const pieces = [Buffer.of(2, 9, 0, 6), Buffer.of(25), Buffer.of(7)].map((piece) => attribute(79, piece));
    expect(decode(pieces).credential).to.deep.equal({ kind: 'eap', message: Buffer.of(2, 9, 0, 6, 25, 7) });
  });

  it('CHAP without CHAP-Challenge is of the Request Authenticator (RFC 2865 section 5.3)', () => {
    const response = { kind: 'chap', id: 1, response: Buffer.alloc(16, 1) };
    expect(decode([chap]).credential).to.deep.equal({ ...response, challenge: authenticator });
    const own = Buffer.alloc(20, 8);
    expect(decode([chap, attribute(60, own)]).credential).to.deep.equal({ ...response, challenge: own });
  });

  it('MS-CHAP is a response of 50 octets to a challenge of its size (RFC 2548 section 2.1.2)', () => {
    for (const [response, version, octets] of [
      [msChap, 1, 8],
      [msChap2, 2, 16],
    ] as const) {
      expect(decode([challenge(octets), response]).credential).to.deep.include({ kind: 'ms-chap', version });
      for (const size of [0, 7, 24 - octets])
        expect(decode([challenge(size), response]).credential, `${size}`).to.deep.equal({ kind: 'malformed' });
      expect(decode([response]).credential).to.deep.equal({ kind: 'malformed' });
    }
    for (const size of [49, 51])
      expect(decode([challenge(16), vendorAttribute(311, 25, Buffer.alloc(size))]).credential.kind).to.equal(
        'malformed',
      );
  });

  for (const [name, repeated] of Object.entries({ pap, chap, arap, msChap2, msChap2Change }))
    it(`${name} twice is refused`, () => {
      expect(malformation([repeated, repeated])).to.equal('repeated-attribute');
    });

  it('MS-CHAP is found among several in one Vendor-Specific, and only under its vendor', () => {
    const inside = Buffer.concat([Buffer.of(0, 0, 1, 0x37), Buffer.of(11, 3, 9), Buffer.of(27, 3, 9)]);
    expect(decode([attribute(26, inside)]).credential.kind).to.equal('ms-chap-change');
    expect(decode([vendorAttribute(9, 25, Buffer.alloc(50))]).credential.kind).to.equal('none');
    expect(decode([attribute(26, inside.subarray(0, -1))]).credential.kind).to.equal('none');
  });
});

describe('packet/access-request: what may stand once', () => {
  it('User-Name and State twice are refused, even if both are the same', () => {
    expect(malformation([attribute(1, 'alice')])).to.equal('repeated-attribute');
    expect(malformation([attribute(24, 'x'), attribute(24, 'x')])).to.equal('repeated-attribute');
  });

  it('others may be repeated', () => {
    const { packet } = decode([attribute(33, 'a'), attribute(33, 'b'), attribute(25, 'c'), attribute(25, 'c')]);
    expect(packet.attributes.filter(({ type }) => type === 33 || type === 25)).to.have.length(4);
  });
});

describe('packet/access-request: what it tells', () => {
  it('names, State and Calling-Station-Id are the bytes as received', () => {
    const request = decode([attribute(24, Buffer.of(0, 255)), attribute(31, Buffer.of(0xe4)), pap], 'al\u00efce');
    expect(request.userName).to.deep.equal(Buffer.from('al\u00efce'));
    expect(request.state).to.deep.equal(Buffer.of(0, 255));
    expect(request.callingStationId).to.deep.equal(Buffer.of(0xe4));
  });

  it('empty ones are there, missing ones are not', () => {
    const empty = decode([attribute(24, ''), attribute(1, '')], null);
    expect(empty.state).to.deep.equal(Buffer.alloc(0));
    expect(empty.userName).to.deep.equal(Buffer.alloc(0));
    const missing = decode([], null);
    expect(missing).to.include({ userName: undefined, state: undefined, callingStationId: undefined });
  });

  it('values of a wrong size are no reason to refuse the packet (RFC 6929 section 2.8)', () => {
    expect(decode([attribute(4, 'abc'), attribute(5, ''), attribute(60, 'x'), pap]).credential.kind).to.equal('pap');
    expect(decode([attribute(3, 'too short')]).credential.kind).to.equal('malformed');
  });
});
