import { Microsoft, Type } from './constants.ts';
import { attributeDefinition } from './dictionary.ts';

/** What radgate writes into a reply itself; the texts of a login come by Reply-Message. */
const own: readonly number[] = [
  Type.state,
  Type.proxyState,
  Type.eapMessage,
  Type.messageAuthenticator,
  Type.replyMessage,
];

/** What no Access-Accept may carry: RFC 2865 §5.44 and RFC 2869 §5.19. */
const neverInAccept: readonly number[] = [
  Type.userPassword,
  Type.chapPassword,
  Type.nasIpAddress,
  5, // NAS-Port
  30, // Called-Station-Id
  Type.callingStationId,
  Type.nasIdentifier,
  Type.chapChallenge,
  61, // NAS-Port-Type
  Type.arapPassword,
  Type.passwordRetry,
];

const refused = new Set([...own, ...neverInAccept, Type.vendorSpecific]);

/** The exchange of MS-CHAP itself: RFC 2548 §2.1, §2.3. */
const refusedOfMicrosoft = new Set<number>([
  Microsoft.chapResponse,
  Microsoft.chapError,
  Microsoft.chapChange1,
  Microsoft.chapChange2,
  Microsoft.chapChallenge,
  Microsoft.chap2Response,
  Microsoft.chap2Success,
  Microsoft.chap2Change,
]);

/**
 * Whether an administrator may set or remove an attribute in an Access-Accept: not what makes the reply one, nor what is encrypted for each hop, nor
 * what belongs in no Accept.
 */
export function isSettable({ type, vendor }: { readonly type: number; readonly vendor?: number }): boolean {
  // No one has this number: an attribute of it would pass for one of RFC 2865.
  if (vendor === 0) return false;
  if (attributeDefinition(type, vendor)?.encrypted) return false;
  if (vendor === Microsoft.vendor) return !refusedOfMicrosoft.has(type);
  return vendor !== undefined || !refused.has(type);
}
