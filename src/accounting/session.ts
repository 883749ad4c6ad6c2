import { createHash } from 'node:crypto';
import { Type } from '../packet/constants.ts';
import { firstValue, type Packet } from '../packet/packet.ts';
import { printable } from '../packet/printable.ts';

/** What an Accounting-Request says of a session: RFC 2866 §5, RFC 2869 §5.1 to §5.3. What it does not say is null. */
export interface SessionReport {
  readonly status: string;
  readonly userName: string | null;
  readonly sessionId: string | null;
  /** Seconds. */
  readonly sessionTime: number | null;
  /** Octets from the user, and to him. */
  readonly inputOctets: number | null;
  readonly outputOctets: number | null;
  readonly framedAddress: string | null;
  readonly callingStationId: string | null;
  /** RFC 2866 §5.10. */
  readonly terminateCause: number | null;
  /** Milliseconds since 1970 UTC. */
  readonly eventAt: number | null;
  /** The same for copies of one report, whatever identifier and port they come by: SHA-256. */
  readonly digest: Buffer;
}

/** RFC 2866 §5.1. */
const statuses: Readonly<Record<number, string>> = { 1: 'start', 2: 'stop', 3: 'interim', 7: 'on', 8: 'off' };

/** What differs between copies of one report: how long it has been tried for, and what proxies on the way put in. */
const ofTheCopy = new Set<number>([Type.acctDelayTime, Type.proxyState, Type.messageAuthenticator]);

/** Reads a report. Values of a wrong size are as good as missing. */
export function readSession({ attributes }: Packet): SessionReport {
  const number = (type: number): number | null => {
    const value = firstValue(attributes, type);
    return value?.length === 4 ? value.readUInt32BE(0) : null;
  };
  const text = (type: number): string | null => {
    const value = firstValue(attributes, type);
    return value === undefined || value.length === 0 ? null : printable(value);
  };
  const octets = (low: number, high: number): number | null => {
    const lower = number(low);
    return lower === null ? null : (number(high) ?? 0) * 2 ** 32 + lower;
  };
  const status = number(Type.acctStatusType);
  const event = number(Type.eventTimestamp);
  const address = firstValue(attributes, Type.framedIpAddress);
  const digest = createHash('sha256');
  for (const { type, value } of attributes)
    if (!ofTheCopy.has(type)) digest.update(Buffer.of(type, value.length)).update(value);
  return {
    status: status === null ? 'unknown' : (statuses[status] ?? String(status)),
    userName: text(Type.userName),
    sessionId: text(Type.acctSessionId),
    sessionTime: number(Type.acctSessionTime),
    inputOctets: octets(Type.acctInputOctets, Type.acctInputGigawords),
    outputOctets: octets(Type.acctOutputOctets, Type.acctOutputGigawords),
    framedAddress: address?.length === 4 ? address.join('.') : null,
    callingStationId: text(Type.callingStationId),
    terminateCause: number(Type.acctTerminateCause),
    eventAt: event === null ? null : event * 1000,
    digest: digest.digest(),
  };
}
