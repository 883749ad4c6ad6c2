// RADIUS packets made and checked by hand, from the RFCs and node:crypto alone, so that the program's own codec is not its own judge.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Packet codes, RFC 2865 section 4 and RFC 5997 section 2. */
export const Code = {
  accessRequest: 1,
  accessAccept: 2,
  accessReject: 3,
  accessChallenge: 11,
  statusServer: 12,
} as const;

/** Attribute types, RFC 2865 section 5 and RFC 3579 section 3.2. */
export const Type = {
  userName: 1,
  userPassword: 2,
  nasIpAddress: 4,
  framedIpAddress: 8,
  filterId: 11,
  replyMessage: 18,
  state: 24,
  class: 25,
  vendorSpecific: 26,
  callingStationId: 31,
  nasIdentifier: 32,
  proxyState: 33,
  messageAuthenticator: 80,
} as const;

export interface RawAttribute {
  readonly type: number;
  readonly value: Buffer;
}

export interface RawPacket {
  readonly code: number;
  readonly identifier: number;
  /** 16 octets. */
  readonly authenticator: Buffer;
  /** In the order of the packet. */
  readonly attributes: readonly RawAttribute[];
  readonly bytes: Buffer;
}

/** Where the Message-Authenticator stands among the attributes, or "none", or "wrong": the first, of 16 octets 0xff. */
export type Placement = 'first' | 'last' | 'none' | 'wrong';

/** An attribute of text (UTF-8) or octets, RFC 2865 section 5: at most 253 octets. */
export function attribute(type: number, value: string | Buffer): RawAttribute {
  const octets = Buffer.from(value);
  if (octets.length > 253) throw new RangeError(`attribute ${type} of ${octets.length} octets`);
  return { type, value: octets };
}

/** A vendor's attribute in the form that RFC 2865 section 5.26 recommends. */
export function vendorAttribute(vendor: number, type: number, value: string | Buffer): RawAttribute {
  const octets = Buffer.from(value);
  const head = Buffer.alloc(6);
  head.writeUInt32BE(vendor, 0);
  head[4] = type;
  head[5] = octets.length + 2;
  return attribute(Type.vendorSpecific, Buffer.concat([head, octets]));
}

/** Attributes one after the other as they stand in a packet. */
export function attributeBytes(attributes: readonly RawAttribute[]): Buffer {
  return Buffer.concat(attributes.map(({ type, value }) => Buffer.concat([Buffer.of(type, value.length + 2), value])));
}

/** Reads a packet, RFC 2865 section 3; throws on any that is not exactly its Length long or whose attributes don't fit. */
export function parsePacket(bytes: Buffer): RawPacket {
  const wrong = (why: string): Error => new Error(`${why}: ${bytes.toString('hex')}`);
  if (bytes.length < 20 || bytes.readUInt16BE(2) !== bytes.length) throw wrong('a packet of the wrong length');
  const attributes: RawAttribute[] = [];
  for (let at = 20; at < bytes.length;) {
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) throw wrong(`an attribute of the wrong length at ${at}`);
    attributes.push({ type: bytes[at] ?? 0, value: bytes.subarray(at + 2, at + length) });
    at += length;
  }
  return { code: bytes[0] ?? 0, identifier: bytes[1] ?? 0, authenticator: bytes.subarray(4, 20), attributes, bytes };
}

/** The values of every attribute of a type, in order. */
export function valuesOfType(packet: RawPacket, type: number): Buffer[] {
  return packet.attributes.filter((each) => each.type === type).map((each) => each.value);
}

function assemble(
  code: number,
  identifier: number,
  authenticator: Buffer,
  attributes: readonly RawAttribute[],
): Buffer {
  const body = attributeBytes(attributes);
  const head = Buffer.of(code, identifier, 0, 0);
  head.writeUInt16BE(20 + body.length, 2);
  return Buffer.concat([head, authenticator, body]);
}

function place(attributes: readonly RawAttribute[], placement: Placement): RawAttribute[] {
  const signature = attribute(Type.messageAuthenticator, Buffer.alloc(16, placement === 'wrong' ? 0xff : 0));
  if (placement === 'none') return [...attributes];
  return placement === 'last' ? [...attributes, signature] : [signature, ...attributes];
}

/** Where the value of the first Message-Authenticator starts, or -1. */
function signatureAt(bytes: Buffer): number {
  for (let at = 20; at + 18 <= bytes.length; at += bytes[at + 1] || bytes.length) {
    if (bytes[at] === Type.messageAuthenticator) return at + 2;
  }
  return -1;
}

/** RFC 3579 section 3.2: HMAC-MD5 over the packet with 16 octets of zero in its place and the request's authenticator in the head. */
function messageAuthenticator(packet: Buffer, requestAuthenticator: Buffer, secret: string): Buffer {
  const signed = Buffer.from(packet);
  requestAuthenticator.copy(signed, 4);
  signed.fill(0, signatureAt(packet), signatureAt(packet) + 16);
  return createHmac('md5', secret).update(signed).digest();
}

function sign(packet: Buffer, requestAuthenticator: Buffer, secret: string, placement: Placement): void {
  if (placement !== 'first' && placement !== 'last') return;
  messageAuthenticator(packet, requestAuthenticator, secret).copy(packet, signatureAt(packet));
}

function xorChain(input: Buffer, requestAuthenticator: Buffer, secret: string, feedback: 'input' | 'output'): Buffer {
  const output = Buffer.alloc(input.length);
  let previous = requestAuthenticator;
  for (let at = 0; at < input.length; at += 16) {
    const pad = createHash('md5').update(secret).update(previous).digest();
    for (let index = 0; index < 16; index++) output[at + index] = (input[at + index] ?? 0) ^ (pad[index] ?? 0);
    previous = (feedback === 'input' ? input : output).subarray(at, at + 16);
  }
  return output;
}

/** Hides a password of at most 128 octets, RFC 2865 section 5.2. */
export function hidePassword(password: string | Buffer, requestAuthenticator: Buffer, secret: string): Buffer {
  const octets = Buffer.from(password);
  const padded = Buffer.alloc(Math.max(16, Math.ceil(octets.length / 16) * 16));
  octets.copy(padded);
  return xorChain(padded, requestAuthenticator, secret, 'output');
}

/** The password of a request without its padding, RFC 2865 section 5.2. */
export function revealPassword(request: RawPacket, secret: string): Buffer {
  const [hidden] = valuesOfType(request, Type.userPassword);
  if (hidden === undefined) throw new Error('no User-Password');
  const padded = xorChain(hidden, request.authenticator, secret, 'input');
  const end = padded.indexOf(0);
  return end === -1 ? padded : padded.subarray(0, end);
}

export interface RequestOptions {
  readonly identifier: number;
  readonly secret: string;
  /** 16 octets; random when not given. */
  readonly authenticator?: Buffer;
  /** Default first. */
  readonly messageAuthenticator?: Placement;
  readonly attributes?: readonly RawAttribute[];
}

export interface AccessRequestOptions extends RequestOptions {
  readonly user?: string | Buffer;
  /** PAP. */
  readonly password?: string | Buffer;
  readonly state?: Buffer | undefined;
}

/** An Access-Request, RFC 2865 section 4.1: User-Name, User-Password, State, then `attributes`. */
export function accessRequest(options: AccessRequestOptions): Buffer {
  const { identifier, secret, authenticator = randomBytes(16), messageAuthenticator: placement = 'first' } = options;
  const attributes: RawAttribute[] = [];
  if (options.user !== undefined) attributes.push(attribute(Type.userName, options.user));
  if (options.password !== undefined) {
    attributes.push(attribute(Type.userPassword, hidePassword(options.password, authenticator, secret)));
  }
  if (options.state !== undefined) attributes.push(attribute(Type.state, options.state));
  attributes.push(...(options.attributes ?? []));
  const packet = assemble(Code.accessRequest, identifier, authenticator, place(attributes, placement));
  sign(packet, authenticator, secret, placement);
  return packet;
}

/** A Status-Server, RFC 5997 section 3; it must carry a Message-Authenticator. */
export function statusServer(options: RequestOptions): Buffer {
  const { identifier, secret, authenticator = randomBytes(16), messageAuthenticator: placement = 'first' } = options;
  const attributes = place(options.attributes ?? [], placement);
  const packet = assemble(Code.statusServer, identifier, authenticator, attributes);
  sign(packet, authenticator, secret, placement);
  return packet;
}

/** A reply to `request` as a home server sends it; `forged` spoils the Response Authenticator. */
export function reply(
  code: number,
  request: RawPacket,
  options: {
    readonly secret: string;
    readonly attributes?: readonly RawAttribute[];
    readonly messageAuthenticator?: Placement;
    readonly forged?: boolean;
  },
): Buffer {
  const { secret, attributes = [], messageAuthenticator: placement = 'first', forged = false } = options;
  const packet = assemble(code, request.identifier, request.authenticator, place(attributes, placement));
  sign(packet, request.authenticator, secret, placement);
  responseAuthenticator(packet, request.authenticator, secret).copy(packet, 4);
  if (forged) packet.fill(0xff, 4, 20);
  return packet;
}

/** RFC 2865 section 3: MD5 over code, identifier, length, the request's authenticator, the attributes and the secret. */
function responseAuthenticator(packet: Buffer, requestAuthenticator: Buffer, secret: string): Buffer {
  const hash = createHash('md5').update(packet.subarray(0, 4)).update(requestAuthenticator);
  return hash.update(packet.subarray(20)).update(secret).digest();
}

/** Throws unless the Message-Authenticator of a packet, of which there must be one, is right. */
export function verifyMessageAuthenticator(packet: RawPacket, requestAuthenticator: Buffer, secret: string): void {
  const found = valuesOfType(packet, Type.messageAuthenticator);
  const [value] = found;
  if (value === undefined || found.length !== 1) throw new Error(`${found.length} Message-Authenticators`);
  const expected = messageAuthenticator(packet.bytes, requestAuthenticator, secret);
  if (value.length !== 16 || !timingSafeEqual(value, expected)) throw new Error('wrong Message-Authenticator');
}

/** Reads a reply; throws unless it answers `request` and its Response Authenticator is right, RFC 2865 section 3. */
export function verifyReply(bytes: Buffer, request: Buffer, secret: string): RawPacket {
  const packet = parsePacket(bytes);
  if (packet.identifier !== request[1]) throw new Error(`a reply to ${packet.identifier}, not to ${request[1]}`);
  if (!timingSafeEqual(packet.authenticator, responseAuthenticator(bytes, request.subarray(4, 20), secret))) {
    throw new Error('wrong Response Authenticator');
  }
  return packet;
}

/** The same, and it throws unless a right Message-Authenticator is the first attribute: what radgate promises of all its replies. */
export function verifySignedReply(bytes: Buffer, request: Buffer, secret: string): RawPacket {
  const packet = verifyReply(bytes, request, secret);
  if (packet.attributes[0]?.type !== Type.messageAuthenticator) throw new Error('Message-Authenticator is not first');
  verifyMessageAuthenticator(packet, request.subarray(4, 20), secret);
  return packet;
}
