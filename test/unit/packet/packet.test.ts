import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  encodePacket,
  firstValue,
  packetLength,
  parsePacket,
  PacketError,
  type Attribute,
  type Malformation,
} from '../../../src/packet/packet.ts';

const authenticator = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

/** A packet of these attribute octets; `length` says something else than what it is. */
function datagram(attributes: Buffer, length = 20 + attributes.length): Buffer {
  const head = Buffer.of(1, 7, 0, 0);
  head.writeUInt16BE(length, 2);
  return Buffer.concat([head, authenticator, attributes]);
}

function malformation(octets: Buffer): Malformation | undefined {
  try {
    parsePacket(octets);
    return undefined;
  } catch (error) {
    if (error instanceof PacketError) return error.malformation;
    throw error;
  }
}

/** So many attributes of so many octets of value. */
function many(count: number, size: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, () => Buffer.concat([Buffer.of(25, size + 2), Buffer.alloc(size)])),
  );
}

const signature = Buffer.concat([Buffer.of(80, 18), Buffer.alloc(16, 0xab)]);

describe('packet/packet: a datagram and its Length (RFC 2865 section 3)', () => {
  it('of fewer than 20 octets is refused, of none too', () => {
    expect(malformation(Buffer.alloc(0))).to.equal('shorter-than-header');
    expect(malformation(datagram(Buffer.alloc(0)).subarray(0, 19))).to.equal('shorter-than-header');
  });

  it('of 20 octets is a packet without attributes', () => {
    const octets = datagram(Buffer.alloc(0));
    const packet = parsePacket(octets);
    expect(packet).to.deep.include({ code: 1, identifier: 7, attributes: [], messageAuthenticatorAt: 0 });
    expect(packet.authenticator).to.deep.equal(authenticator);
    expect(packet.bytes).to.deep.equal(octets);
  });

  it('with a Length of 19 is refused though it is longer', () => {
    expect(malformation(datagram(many(1, 4), 19))).to.equal('length-out-of-range');
    expect(malformation(datagram(many(1, 4), 0))).to.equal('length-out-of-range');
  });

  it('of 4096 octets is read, of Length 4097 refused', () => {
    const largest = Buffer.concat([many(15, 253), many(1, 249)]);
    expect(datagram(largest).length).to.equal(4096);
    expect(parsePacket(datagram(largest)).attributes).to.have.length(16);
    const beyond = Buffer.concat([many(15, 253), many(1, 250)]);
    expect(datagram(beyond).length).to.equal(4097);
    expect(malformation(datagram(beyond))).to.equal('length-out-of-range');
  });

  it('that is shorter than its Length is refused', () => {
    const whole = datagram(many(1, 4));
    for (let size = 20; size < whole.length; size++)
      expect(malformation(whole.subarray(0, size)), String(size)).to.equal('shorter-than-length');
  });

  it('that is longer than its Length has padding, which is ignored', () => {
    const whole = datagram(many(1, 4));
    const packet = parsePacket(Buffer.concat([whole, Buffer.alloc(5_000, 0xff)]));
    expect(packet.bytes).to.deep.equal(whole);
    expect(packet.attributes).to.have.length(1);
  });
});

describe('packet/packet: attributes (RFC 2865 section 5)', () => {
  for (const length of [0, 1])
    it(`of Length ${length} are refused`, () => {
      expect(malformation(datagram(Buffer.of(25, length, 1, 2)))).to.equal('attribute-length');
    });

  it('of Length 2 have an empty value', () => {
    const [only] = parsePacket(datagram(Buffer.of(25, 2))).attributes;
    expect(only).to.deep.equal({ type: 25, value: Buffer.alloc(0) });
  });

  it('that reach past the end are refused, by one octet or by many', () => {
    expect(malformation(datagram(Buffer.of(25, 4, 9)))).to.equal('attribute-length');
    expect(malformation(datagram(Buffer.of(25, 255, 9)))).to.equal('attribute-length');
    expect(malformation(datagram(Buffer.concat([many(1, 4), Buffer.of(25)])))).to.equal('attribute-length');
  });

  it('that reach past Length into padding are refused', () => {
    expect(malformation(Buffer.concat([datagram(Buffer.of(25, 4, 9)), Buffer.alloc(50)]))).to.equal('attribute-length');
  });

  it('of type 0 are refused', () => {
    expect(malformation(datagram(Buffer.of(0, 3, 1)))).to.equal('attribute-type-0');
  });

  it('are 200 at most', () => {
    expect(parsePacket(datagram(many(200, 1))).attributes).to.have.length(200);
    expect(malformation(datagram(many(201, 1)))).to.equal('too-many-attributes');
  });

  it('are kept to the octet and in order: unknown ones, repeated ones, vendors, values of a wrong size (RFC 6929 section 2.8)', () => {
    const octets = Buffer.from(
      '04020406c0a80a010405010203' + // NAS-IP-Address of 0, 4 and 3 octets
        'f105ffffff' + // a type that nobody knows
        '1a0c000000090106612d6263' + // Cisco-AVPair
        '1a03ff' + // a vendor's with no room for its number
        '210301' + // Proxy-State, twice
        '210302' +
        '1903c3', // Class of an octet that is no UTF-8
      'hex',
    );
    const { attributes } = parsePacket(datagram(octets));
    expect(attributes.map(({ type }) => type)).to.deep.equal([4, 4, 4, 0xf1, 26, 26, 33, 33, 25]);
    const again = Buffer.concat(attributes.flatMap(({ type, value }) => [Buffer.of(type, value.length + 2), value]));
    expect(again).to.deep.equal(octets);
  });
});

describe('packet/packet: Message-Authenticator (RFC 3579 section 3.2)', () => {
  it('is found wherever it stands', () => {
    expect(parsePacket(datagram(signature)).messageAuthenticatorAt).to.equal(22);
    const packet = parsePacket(datagram(Buffer.concat([many(2, 5), signature, many(1, 3)])));
    expect(packet.messageAuthenticatorAt).to.equal(20 + 14 + 2);
    expect(packet.bytes.subarray(36, 52)).to.deep.equal(Buffer.alloc(16, 0xab));
  });

  for (const size of [0, 15, 17])
    it(`of ${size} octets is refused`, () => {
      expect(malformation(datagram(Buffer.concat([Buffer.of(80, size + 2), Buffer.alloc(size)])))).to.equal(
        'message-authenticator-length',
      );
    });

  it('is there once at most, even if both are the same', () => {
    expect(malformation(datagram(Buffer.concat([signature, many(1, 3), signature])))).to.equal(
      'several-message-authenticators',
    );
  });
});

describe('packet/packet: writing', () => {
  it('refuses a value over 253 octets and a packet over 4096', () => {
    const attribute = (size: number): Attribute => ({ type: 25, value: Buffer.alloc(size) });
    expect(() => encodePacket(1, 0, authenticator, [attribute(254)])).to.throw(RangeError, /254 octets/);
    expect(encodePacket(1, 0, authenticator, [attribute(253)])).to.have.length(275);
    const largest = [...Array.from({ length: 15 }, () => attribute(253)), attribute(249)];
    expect(encodePacket(1, 0, authenticator, largest)).to.have.length(4096);
    expect(() => encodePacket(1, 0, authenticator, [...largest, attribute(0)])).to.throw(RangeError, /4098/);
  });

  it('copies what it is given, and leaves nothing of the memory before in it', () => {
    const value = Buffer.from('abc');
    const written = encodePacket(2, 255, authenticator, [{ type: 18, value }]);
    value.fill(0);
    expect(written.toString('hex')).to.equal('02ff0019000102030405060708090a0b0c0d0e0f1205616263');
  });

  it('knows beforehand how long a packet will be', () => {
    expect(packetLength([])).to.equal(20);
    expect(packetLength([{ type: 1, value: Buffer.alloc(3) }])).to.equal(25);
  });

  it('finds the first value of a type, be it empty', () => {
    const attributes = [
      { type: 1, value: Buffer.alloc(0) },
      { type: 1, value: Buffer.of(1) },
    ];
    expect(firstValue(attributes, 1)).to.deep.equal(Buffer.alloc(0));
    expect(firstValue(attributes, 2)).to.equal(undefined);
  });
});

describe('packet/packet: properties', () => {
  const octets = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
  // Message-Authenticator has a size of its own: it is put in where there is room for one.
  const attributes = fc
    .array(fc.record({ type: fc.integer({ min: 1, max: 255 }).filter((type) => type !== 80), value: octets(253) }), {
      maxLength: 30,
    })
    .filter((list) => packetLength(list) <= 4096 - 18);

  // Octets that are attributes for the most part, so that both outcomes are common.
  const loose = fc
    .array(fc.tuple(fc.nat(255), octets(12), fc.constantFrom(...Array<number>(20).fill(0), -2, -1, 1)), {
      maxLength: 12,
    })
    .map((list) =>
      Buffer.concat(
        list.map(([type, value, lie]) => Buffer.concat([Buffer.of(type, Math.max(0, value.length + 2 + lie)), value])),
      ),
    );

  it('reading any octets throws nothing but PacketError', () => {
    fc.assert(
      fc.property(octets(300), (any) => {
        malformation(any);
      }),
      { numRuns: 3_000 },
    );
  });

  it('reading octets that begin like a packet throws nothing but PacketError, and what is read is within Length', () => {
    fc.assert(
      fc.property(loose, fc.constantFrom(0, 0, 0, -1, 1, 40), (rest, lie) => {
        const length = Math.max(0, 20 + rest.length + lie);
        const any = datagram(rest, length);
        if (malformation(any) !== undefined) return;
        const packet = parsePacket(any);
        expect(packet.bytes.length).to.equal(length);
        expect(packetLength(packet.attributes)).to.equal(length);
      }),
      { numRuns: 3_000 },
    );
  });

  it('writing, then reading is the identity', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 255 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array)),
        attributes,
        fc.option(fc.nat(30)),
        (code, identifier, random, list, place) => {
          const whole = [...list];
          if (place !== null) whole.splice(place, 0, { type: 80, value: Buffer.alloc(16, 0x11) });
          const written = encodePacket(code, identifier, random, whole);
          const packet = parsePacket(Buffer.concat([written, Buffer.from('padding')]));
          expect(packet.code).to.equal(code);
          expect(packet.identifier).to.equal(identifier);
          expect(packet.authenticator).to.deep.equal(random);
          expect(packet.attributes).to.deep.equal(whole);
          expect(packet.bytes).to.deep.equal(written);
          expect(packet.messageAuthenticatorAt > 0).to.equal(place !== null);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reading, then writing gives the same octets', () => {
    fc.assert(
      fc.property(loose, (rest) => {
        const any = datagram(rest);
        if (malformation(any) !== undefined) return;
        const { code, identifier, authenticator: own, attributes: list } = parsePacket(any);
        expect(encodePacket(code, identifier, own, list)).to.deep.equal(any);
      }),
      { numRuns: 2_000 },
    );
  });
});
