import ipaddr from 'ipaddr.js';
import { deviceOf } from '../nas/device-of.ts';
import type { Nas } from '../nas/nas.ts';
import type { AccessRequest } from '../packet/access-request.ts';
import { Type } from '../packet/constants.ts';
import { vendorAttributes } from '../packet/vendor-specific.ts';
import type { AttributeValue, Protocol } from '../policy/policy.ts';
import type { LoginFacts } from './machine/login-facts.ts';

/** What the rules look at in a request. */
export function policyRequestOf(
  nas: Nas,
  { packet, credential }: AccessRequest,
  primary: string,
): ReturnType<LoginFacts['about']> {
  const device = deviceOf(packet, nas.deviceAttribute);
  return {
    client: nas.name,
    primary,
    address: device === null ? undefined : addressIn(device),
    trustsAddress: nas.trustsAddress,
    protocol: protocolOf[credential.kind],
    attributes: packet.attributes.flatMap(({ type, value }): AttributeValue[] =>
      type === Type.vendorSpecific ? [...(vendorAttributes(value) ?? [])] : [{ vendor: 0, type, value }],
    ),
  };
}

const protocolOf: Readonly<Record<AccessRequest['credential']['kind'], Protocol>> = {
  pap: 'pap',
  chap: 'chap',
  'ms-chap': 'ms-chap',
  'ms-chap-change': 'ms-chap',
  eap: 'eap',
  arap: 'none',
  malformed: 'none',
  none: 'none',
};

/** An IPv4 address in IPv6's clothes is one. @returns undefined if it is no address */
function addressIn(text: string): string | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return text.includes('%') ? undefined : ipaddr.process(text).toString();
}
