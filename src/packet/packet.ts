import { Size, Type } from './constants.ts';

/** One attribute as it stands in a packet: `value` is 0 to 253 octets, never decoded. */
export interface Attribute {
  readonly type: number;
  readonly value: Buffer;
}

/** A packet whose structure was checked. `bytes` is exactly Length octets long; the attribute values are views into it. */
export interface Packet {
  readonly bytes: Buffer;
  readonly code: number;
  readonly identifier: number;
  /** 16 octets. */
  readonly authenticator: Buffer;
  readonly attributes: readonly Attribute[];
  /** Where the 16 octets of the Message-Authenticator's value start in `bytes`; 0 if there is none. */
  readonly messageAuthenticatorAt: number;
}

export type Malformation =
  | 'shorter-than-header'
  | 'length-out-of-range'
  | 'shorter-than-length'
  | 'attribute-type-0'
  | 'attribute-length'
  | 'too-many-attributes'
  | 'message-authenticator-length'
  | 'several-message-authenticators'
  | 'user-password-length'
  | 'repeated-attribute'
  | 'several-credentials';

/** The only error that decoding throws: such a packet is dropped in silence (RFC 2865 §3). */
export class PacketError extends Error {
  readonly malformation: Malformation;

  constructor(malformation: Malformation) {
    super(`malformed packet: ${malformation}`);
    this.name = 'PacketError';
    this.malformation = malformation;
  }
}

/**
 * Checks a datagram's structure and finds its attributes: RFC 2865 §3 and §5. Octets beyond Length are ignored as padding; a value of
 * the wrong size for its type is kept as bytes (RFC 6929 §2.8). At most 200 attributes and one Message-Authenticator (RFC 3579 §3.2).
 * @throws PacketError if the structure is broken
 */
export function parsePacket(datagram: Buffer): Packet {
  if (datagram.length < Size.header) throw new PacketError('shorter-than-header');
  const length = datagram.readUInt16BE(2);
  if (length < Size.header || length > Size.packet) throw new PacketError('length-out-of-range');
  if (datagram.length < length) throw new PacketError('shorter-than-length');
  const bytes = datagram.length === length ? datagram : datagram.subarray(0, length);

  const attributes: Attribute[] = [];
  let messageAuthenticatorAt = 0;
  let at: number = Size.header;
  while (at < length) {
    const type = bytes[at];
    const size = bytes[at + 1];
    if (type === undefined || size === undefined || size < 2 || at + size > length)
      throw new PacketError('attribute-length');
    if (type === 0) throw new PacketError('attribute-type-0');
    if (attributes.length === Size.attributes) throw new PacketError('too-many-attributes');
    if (type === Type.messageAuthenticator) {
      if (messageAuthenticatorAt !== 0) throw new PacketError('several-message-authenticators');
      if (size !== 2 + Size.authenticator) throw new PacketError('message-authenticator-length');
      messageAuthenticatorAt = at + 2;
    }
    attributes.push({ type, value: bytes.subarray(at + 2, at + size) });
    at += size;
  }
  return {
    bytes,
    code: datagram.readUInt8(0),
    identifier: datagram.readUInt8(1),
    authenticator: bytes.subarray(4, Size.header),
    attributes,
    messageAuthenticatorAt,
  };
}

/** What a packet with these attributes would measure, in octets. */
export function packetLength(attributes: readonly Attribute[]): number {
  let length: number = Size.header;
  for (const { value } of attributes) length += 2 + value.length;
  return length;
}

/**
 * Writes a packet: RFC 2865 §3 and §5. The authenticator is copied as given; signing is authenticator.ts's part.
 * @throws RangeError if a value is over 253 octets or the packet over 4096
 */
export function encodePacket(
  code: number,
  identifier: number,
  authenticator: Buffer,
  attributes: readonly Attribute[],
): Buffer {
  const length = packetLength(attributes);
  if (length > Size.packet) throw new RangeError(`packet of ${length} octets, over ${Size.packet}`);
  const bytes = Buffer.allocUnsafe(length);
  bytes[0] = code;
  bytes[1] = identifier;
  bytes.writeUInt16BE(length, 2);
  authenticator.copy(bytes, 4, 0, Size.authenticator);
  let at: number = Size.header;
  for (const { type, value } of attributes) {
    if (value.length > Size.value)
      throw new RangeError(`attribute ${type} of ${value.length} octets, over ${Size.value}`);
    bytes[at] = type;
    bytes[at + 1] = 2 + value.length;
    value.copy(bytes, at + 2);
    at += 2 + value.length;
  }
  return bytes;
}

/** The first value of this type, if there is one. */
export function firstValue(attributes: readonly Attribute[], type: number): Buffer | undefined {
  for (const attribute of attributes) if (attribute.type === type) return attribute.value;
  return undefined;
}
