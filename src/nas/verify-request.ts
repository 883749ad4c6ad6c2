import { requestIsAuthentic } from '../packet/authenticator.ts';
import { Code, Type } from '../packet/constants.ts';
import { firstValue, type Packet } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import type { Nas } from './nas.ts';

export type Verification =
  | {
      readonly kind: 'verified';
      /** The secret that the client uses: for its password and for our reply. */
      readonly secret: SharedSecret;
      /** Whether a Message-Authenticator vouches for it. */
      readonly authentic: boolean;
      /** Whether the client is now known to sign what it need not. */
      readonly signsByItself: boolean;
    }
  | { readonly kind: 'drop'; readonly reason: VerifyDrop };

export type VerifyDrop = 'message-authenticator-wrong' | 'message-authenticator-missing' | 'proxy-state-unsigned';

/**
 * Whether a request is what this client would send: RFC 3579 §3.2, RFC 5997 §3 and the rules against CVE-2024-3596. A Message-Authenticator that is there
 * must be right, whatever the client's setting; EAP-Message and Status-Server always need one.
 * @param seen whether this source address was seen to sign requests that need not be signed
 */
export function verifyRequest(packet: Packet, nas: Nas, seen: boolean): Verification {
  const hasEap = firstValue(packet.attributes, Type.eapMessage) !== undefined;
  if (packet.messageAuthenticatorAt !== 0) {
    const secret = [nas.secret, nas.secretNext].find((known) => known && requestIsAuthentic(packet, known));
    if (!secret) return { kind: 'drop', reason: 'message-authenticator-wrong' };
    return {
      kind: 'verified',
      secret,
      authentic: true,
      signsByItself: packet.code === Code.accessRequest && !hasEap,
    };
  }
  const required =
    hasEap ||
    packet.code === Code.statusServer ||
    nas.messageAuthenticator === 'require' ||
    (nas.messageAuthenticator === 'auto' && seen);
  if (required) return { kind: 'drop', reason: 'message-authenticator-missing' };
  if (nas.limitProxyState && firstValue(packet.attributes, Type.proxyState) !== undefined)
    return { kind: 'drop', reason: 'proxy-state-unsigned' };
  return { kind: 'verified', secret: nas.secret, authentic: false, signsByItself: false };
}
