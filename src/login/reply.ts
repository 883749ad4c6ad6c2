import { Code, Microsoft, Size, Type } from '../packet/constants.ts';
import { encodeReply } from '../packet/authenticator.ts';
import { hide, type Granted } from '../packet/granted.ts';
import { packetLength, type Attribute, type Packet } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { textAttributes } from '../packet/text.ts';
import { vendorAttributes } from '../packet/vendor-specific.ts';
import type { Verdict } from './verdict.ts';

export type Answerable = Exclude<Verdict, { kind: 'silence' }>;

/** What an Access-Reject may carry: RFC 2865 §5.44, RFC 2869 §5.19, RFC 3579 §3.3, and Error-Cause, which servers put there (RFC 5176 §3.6). */
const allowedInReject = new Set<number>([Type.replyMessage, Type.passwordRetry, Type.eapMessage, Type.errorCause]);

/** Message-Authenticator, which encodeReply adds. */
const signature = 2 + Size.authenticator;

/**
 * Writes a verdict as the reply to a request: RFC 2865 §4.2 to §4.4. Where an Accept or Reject is too long its Reply-Messages are left
 * out, which only inform.
 * @param salt 2 random octets
 * @throws RangeError if it is over 4096 octets even so
 */
export function encodeVerdict(verdict: Answerable, request: Packet, secret: SharedSecret, salt: Buffer): Buffer {
  const hop = { secret, requestAuthenticator: request.authenticator };
  switch (verdict.kind) {
    case 'accept': {
      return encodeReply(Code.accessAccept, request, shortened(hide(verdict.granted, hop, salt), request), secret);
    }
    case 'reject': {
      const attributes = hide(verdict.relayed.filter(isAllowedInReject), hop, salt);
      const told = verdict.text === null ? [] : textAttributes(Type.replyMessage, verdict.text);
      return encodeReply(Code.accessReject, request, shortened([...attributes, ...told], request), secret);
    }
    case 'challenge':
      return encodeReply(
        Code.accessChallenge,
        request,
        [...textAttributes(Type.replyMessage, verdict.text), { type: Type.state, value: verdict.state }],
        secret,
      );
  }
}

/** Octets that any reply of ours fits in, beside the Proxy-States: two Reply-Messages and State. */
const ownRoom = 600;

/** Whether a reply to this request, which must carry its Proxy-States (RFC 2865 §5.33), has room for what we say. */
export function leavesRoom(request: Packet): boolean {
  const echoed = request.attributes.filter(({ type }) => type === Type.proxyState);
  return packetLength(echoed) + signature + ownRoom <= Size.packet;
}

function shortened(attributes: readonly Attribute[], request: Packet): readonly Attribute[] {
  const echoed = request.attributes.filter(({ type }) => type === Type.proxyState);
  const fits = packetLength([...attributes, ...echoed]) + signature <= Size.packet;
  return fits ? attributes : attributes.filter(({ type }) => type !== Type.replyMessage);
}

function isAllowedInReject(attribute: Granted): boolean {
  if (attribute.kind !== 'plain') return false;
  if (allowedInReject.has(attribute.type)) return true;
  // MS-CHAP-Error: RFC 2548 §2.1.5.
  const inside = attribute.type === Type.vendorSpecific ? (vendorAttributes(attribute.value) ?? []) : [];
  return inside.some(({ vendor, type }) => vendor === Microsoft.vendor && type === Microsoft.chapError);
}
