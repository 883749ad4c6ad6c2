import type { AccessRequest } from './access-request.ts';
import { Type } from './constants.ts';
import type { Granted } from './granted.ts';
import { vendorAttributes } from './vendor-specific.ts';

/** Cisco's cisco-av-pair: vendor 9, type 1. */
const cisco = { vendor: 9, avPair: 1 } as const;
const namePrefix = Buffer.from('#ACSACL#-');
const event = 'aaa:event=acl-download';
/** A line of an ACL: "ip:inacl#1=permit ip any any", "ipv6:inacl#1=...". */
const line = /^(?:ip|ipv6):inacl#\d+=/i;

/**
 * Whether a request asks for the lines of an ACL and logs nobody in: User-Name is the ACL's, cisco-av-pair says so, and there is no password, or an empty
 * one (Cisco ASA Series Firewall ASDM Configuration Guide, "About the Downloadable ACL Feature"). No user can write a cisco-av-pair into a request.
 */
export function isAclDownload({ userName, credential, packet }: AccessRequest): boolean {
  if (!userName || userName.length <= namePrefix.length) return false;
  if (!userName.subarray(0, namePrefix.length).equals(namePrefix)) return false;
  const isEmpty = credential.kind === 'none' || (credential.kind === 'pap' && credential.password.length === 0);
  return isEmpty && packet.attributes.some(({ type, value }) => type === Type.vendorSpecific && isEvent(value));
}

function isEvent(value: Buffer): boolean {
  return (vendorAttributes(value) ?? []).some(
    ({ vendor, type, value: pair }) =>
      vendor === cisco.vendor && type === cisco.avPair && pair.toString('latin1').toLowerCase() === event,
  );
}

/** Of what was granted, the lines of an ACL alone: nothing that could make a login of it. */
export function aclLines(granted: readonly Granted[]): Granted[] {
  return granted.filter((one) => one.kind === 'plain' && one.type === Type.vendorSpecific && isLine(one.value));
}

function isLine(value: Buffer): boolean {
  const inside = vendorAttributes(value) ?? [];
  return (
    inside.length > 0 &&
    inside.every(
      ({ vendor, type, value: pair }) =>
        vendor === cisco.vendor && type === cisco.avPair && line.test(pair.toString('latin1')),
    )
  );
}
