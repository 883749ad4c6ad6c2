import { timingSafeEqual } from 'node:crypto';
import { Code, Size, Type } from './constants.ts';
import { encodePacket, type Attribute, type Packet } from './packet.ts';
import type { SharedSecret } from './shared-secret.ts';

const none = Buffer.alloc(0);
const zeros = Buffer.alloc(Size.authenticator);
const unsigned: Attribute = { type: Type.messageAuthenticator, value: zeros };
/** Where the value stands when Message-Authenticator is the first attribute. */
const firstValueAt = Size.header + 2;

/**
 * Message-Authenticator: RFC 3579 §3.2, HMAC-MD5 over the packet with its own value taken as zeros and, in a reply, the
 * Authenticator field taken as the request's.
 */
function messageAuthenticator(
  bytes: Buffer,
  valueAt: number,
  requestAuthenticator: Buffer,
  secret: SharedSecret,
): Buffer {
  return secret.hmacMd5(
    bytes.subarray(0, 4),
    requestAuthenticator,
    bytes.subarray(Size.header, valueAt),
    zeros,
    bytes.subarray(valueAt + Size.authenticator),
  );
}

/** Response Authenticator: RFC 2865 §3, MD5(Code + Identifier + Length + Request Authenticator + Attributes + Secret). */
function responseAuthenticator(bytes: Buffer, requestAuthenticator: Buffer, secret: SharedSecret): Buffer {
  return secret.md5(Buffer.concat([bytes.subarray(0, 4), requestAuthenticator, bytes.subarray(Size.header)]), none);
}

function messageAuthenticatorMatches(packet: Packet, requestAuthenticator: Buffer, secret: SharedSecret): boolean {
  const at = packet.messageAuthenticatorAt;
  return timingSafeEqual(
    packet.bytes.subarray(at, at + Size.authenticator),
    messageAuthenticator(packet.bytes, at, requestAuthenticator, secret),
  );
}

/** Whether a request's Message-Authenticator was made with this secret; false if it has none. Compares in constant time. */
export function requestIsAuthentic(packet: Packet, secret: SharedSecret): boolean {
  return packet.messageAuthenticatorAt !== 0 && messageAuthenticatorMatches(packet, packet.authenticator, secret);
}

/**
 * Whether a reply answers the request with this authenticator and was made with this secret: the Response Authenticator (RFC 2865 §3)
 * and, where there is one, the Message-Authenticator (RFC 3579 §3.2). Compares in constant time.
 */
export function replyIsAuthentic(packet: Packet, requestAuthenticator: Buffer, secret: SharedSecret): boolean {
  const responseMatches = timingSafeEqual(
    packet.authenticator,
    responseAuthenticator(packet.bytes, requestAuthenticator, secret),
  );
  if (packet.messageAuthenticatorAt === 0) return responseMatches;
  return messageAuthenticatorMatches(packet, requestAuthenticator, secret) && responseMatches;
}

/**
 * Encodes a request with a Message-Authenticator as its first attribute, against CVE-2024-3596.
 * @param authenticator 16 random octets (RFC 2865 §3)
 * @throws RangeError if it would be over 4096 octets
 */
export function encodeRequest(
  code: number,
  identifier: number,
  authenticator: Buffer,
  attributes: readonly Attribute[],
  secret: SharedSecret,
): Buffer {
  const bytes = encodePacket(code, identifier, authenticator, [unsigned, ...attributes]);
  messageAuthenticator(bytes, firstValueAt, authenticator, secret).copy(bytes, firstValueAt);
  return bytes;
}

/**
 * Whether an Accounting-Request was made with this secret: its Request Authenticator (RFC 2866 §3), which is MD5(Code + Identifier + Length + 16 zeros +
 * Attributes + Secret), and where there is one the Message-Authenticator, made with zeros in the Authenticator's place since that is made after it. Compares
 * in constant time.
 */
export function accountingIsAuthentic(packet: Packet, secret: SharedSecret): boolean {
  const matches = timingSafeEqual(packet.authenticator, responseAuthenticator(packet.bytes, zeros, secret));
  if (packet.messageAuthenticatorAt === 0) return matches;
  return messageAuthenticatorMatches(packet, zeros, secret) && matches;
}

/**
 * Encodes an Accounting-Request: RFC 2866 §3. It has no Message-Authenticator: its authenticator signs all of it.
 * @throws RangeError if it would be over 4096 octets
 */
export function encodeAccountingRequest(
  identifier: number,
  attributes: readonly Attribute[],
  secret: SharedSecret,
): Buffer {
  const bytes = encodePacket(Code.accountingRequest, identifier, zeros, attributes);
  responseAuthenticator(bytes, zeros, secret).copy(bytes, 4);
  return bytes;
}

/**
 * Encodes the reply to an Accounting-Request: RFC 2866 §4.2, with the request's Proxy-State attributes alone. It bears a Message-Authenticator if
 * the request did: devices of old need not know it.
 */
export function encodeAccountingResponse(request: Packet, secret: SharedSecret): Buffer {
  if (request.messageAuthenticatorAt !== 0) return encodeReply(Code.accountingResponse, request, [], secret);
  const proxyStates = request.attributes.filter(({ type }) => type === Type.proxyState);
  const bytes = encodePacket(Code.accountingResponse, request.identifier, request.authenticator, proxyStates);
  responseAuthenticator(bytes, request.authenticator, secret).copy(bytes, 4);
  return bytes;
}

/**
 * Encodes the reply to a request: Message-Authenticator first, the attributes, then the request's Proxy-State attributes in
 * their order (RFC 2865 §5.33), signed with both authenticators.
 * @throws RangeError if it would be over 4096 octets
 */
export function encodeReply(
  code: number,
  request: Packet,
  attributes: readonly Attribute[],
  secret: SharedSecret,
): Buffer {
  const proxyStates = request.attributes.filter(({ type }) => type === Type.proxyState);
  const bytes = encodePacket(code, request.identifier, request.authenticator, [
    unsigned,
    ...attributes,
    ...proxyStates,
  ]);
  messageAuthenticator(bytes, firstValueAt, request.authenticator, secret).copy(bytes, firstValueAt);
  responseAuthenticator(bytes, request.authenticator, secret).copy(bytes, 4);
  return bytes;
}
