import type { AccessRequest, Credential } from '../packet/access-request.ts';
import { Code, Microsoft, Size, Type } from '../packet/constants.ts';
import { encodeReply } from '../packet/authenticator.ts';
import { hide, type Granted } from '../packet/granted.ts';
import { packetLength, type Attribute, type Packet } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { textAttributes } from '../packet/text.ts';
import { vendorAttributes, vendorSpecific } from '../packet/vendor-specific.ts';
import type { Verdict } from './verdict.ts';

export type Answerable = Exclude<Verdict, { kind: 'silence' }>;

/** What an Access-Reject may carry: RFC 2865 §5.44, RFC 2869 §5.19, RFC 3579 §3.3, and Error-Cause, which servers put there (RFC 5176 §3.6). */
const allowedInReject = new Set<number>([Type.replyMessage, Type.passwordRetry, Type.eapMessage, Type.errorCause]);

/** Message-Authenticator, which encodeReply adds. */
const signature = 2 + Size.authenticator;

/** How many random octets a reply takes: a salt, and the challenge of an MS-CHAP-Error. */
export const replyRandom = 2 + Size.authenticator;

/**
 * Writes a verdict as the reply to a request: RFC 2865 §4.2 to §4.4. Where an Accept or Reject is too long its Reply-Messages are left
 * out, which only inform.
 * @param random `replyRandom` octets
 * @throws RangeError if it is over 4096 octets even so
 */
export function encodeVerdict(
  verdict: Answerable,
  request: AccessRequest,
  secret: SharedSecret,
  random: Buffer,
): Buffer {
  const { packet, credential } = request;
  const hop = { secret, requestAuthenticator: packet.authenticator };
  const salt = random.subarray(0, 2);
  switch (verdict.kind) {
    case 'accept': {
      return encodeReply(Code.accessAccept, packet, shortened(hide(verdict.granted, hop, salt), packet), secret);
    }
    case 'reject': {
      const relayed = hide(verdict.relayed.filter(isAllowedInReject), hop, salt);
      const told = verdict.text === null ? [] : textAttributes(Type.replyMessage, verdict.text);
      const failure = failureOf(credential, relayed, random.subarray(2));
      return encodeReply(Code.accessReject, packet, shortened([...relayed, ...told, ...failure], packet), secret);
    }
    case 'challenge': {
      const told = verdict.text === null ? [] : textAttributes(Type.replyMessage, verdict.text);
      const state = { type: Type.state, value: verdict.state };
      return encodeReply(Code.accessChallenge, packet, [...hide(verdict.relayed, hop, salt), ...told, state], secret);
    }
  }
}

/** What tells the user's own machine of a Reject, in the protocol that it speaks, where an upstream has not done so. */
function failureOf(credential: Credential, relayed: readonly Attribute[], challenge: Buffer): Attribute[] {
  switch (credential.kind) {
    case 'eap': {
      if (relayed.some(({ type }) => type === Type.eapMessage)) return [];
      return [{ type: Type.eapMessage, value: eapFailure(credential.message) }];
    }
    case 'ms-chap':
    case 'ms-chap-change': {
      if (relayed.some(isChapError)) return [];
      const value = msChapError(credential, challenge);
      return [vendorSpecific({ vendor: Microsoft.vendor, type: Microsoft.chapError, value })];
    }
    case 'pap':
    case 'chap':
    case 'arap':
    case 'malformed':
    case 'none':
      return [];
  }
}

/** EAP-Failure with the Identifier of the response that it answers: RFC 3748 §4.2, RFC 3579 §2.6.3. */
function eapFailure(response: Buffer): Buffer {
  return Buffer.of(4, response[1] ?? 0, 0, 4);
}

/** RFC 2548 §2.1.5 with the text of RFC 2759 §6 or RFC 2433 §5: 691 is a failed login, 709 a failed change of password; no retry. */
function msChapError(
  credential: Extract<Credential, { kind: 'ms-chap' | 'ms-chap-change' }>,
  challenge: Buffer,
): Buffer {
  const change = credential.kind === 'ms-chap-change';
  const ident = change ? credential.request[1] : credential.response[0];
  const code = change ? 709 : 691;
  const text = `E=${code} R=0 C=${challenge.toString('hex').toUpperCase()} V=3 M=Login failed`;
  return Buffer.concat([Buffer.of(ident ?? 0), Buffer.from(credential.version === 2 ? text : `E=${code} R=0 V=2`)]);
}

/** Octets that any reply of ours fits in, beside the Proxy-States: two Reply-Messages and State. */
const ownRoom = 600;

/** The octets that attributes may take in a reply to this request, beside its Proxy-States, which the reply must carry (RFC 2865 §5.33). */
export function roomFor(request: Packet): number {
  const echoed = request.attributes.filter(({ type }) => type === Type.proxyState);
  return Size.packet - packetLength(echoed) - signature;
}

/** Whether a reply to this request has room for what we say. */
export function leavesRoom(request: Packet): boolean {
  return roomFor(request) >= ownRoom;
}

function shortened(attributes: readonly Attribute[], request: Packet): readonly Attribute[] {
  const fits = packetLength(attributes) - Size.header <= roomFor(request);
  return fits ? attributes : attributes.filter(({ type }) => type !== Type.replyMessage);
}

function isAllowedInReject(attribute: Granted): boolean {
  if (attribute.kind !== 'plain') return false;
  return allowedInReject.has(attribute.type) || isChapError(attribute);
}

/** MS-CHAP-Error: RFC 2548 §2.1.5. */
function isChapError(attribute: Attribute): boolean {
  const inside = attribute.type === Type.vendorSpecific ? (vendorAttributes(attribute.value) ?? []) : [];
  return inside.some(({ vendor, type }) => vendor === Microsoft.vendor && type === Microsoft.chapError);
}
