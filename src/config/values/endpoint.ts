import { isIPv6 } from 'node:net';
import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { canonicalIp } from './ip.ts';

/** A host and a port. */
export interface Endpoint {
  /** An IP address, an IPv6 one without its brackets; for a server also a host name. */
  readonly host: string;
  readonly port: number;
}

/** The registered ports of RADIUS: RFC 2865 §3, RFC 2866 §3. */
const authenticationPort = 1812;
const accountingPort = 1813;

/** Where to listen: an address of this host; port 0 takes a free one. */
export const listenEndpoint = listenAt(authenticationPort);
/** The same for the web server, over TCP. */
export const webListen = listenAt(8443);
/** For programs that read metrics and health. */
export const metricsListen = listenAt(9812);
export const accountingListen = listenAt(accountingPort);
/** Where to send: an address or a host name. */
export const serverEndpoint = serverAt(authenticationPort);
/** Syslog over TLS: RFC 5425 §4.1. */
export const syslogServer = serverAt(6514);
export const accountingServer = serverAt(accountingPort);

function listenAt(usual: number): ValueType<Endpoint> {
  return {
    notation: `\`"address:port"\` or \`"[address]:port"\`; port ${usual} if left out`,
    schema: endpoint(
      `must be "address:port" of this host, such as "192.0.2.1:${usual}" or "[2001:db8::1]:${usual}"`,
      { usual, least: 0 },
      (host, bracketed) => {
        if (host === '*')
          return { problem: `must be "0.0.0.0:${usual}" for every IPv4 address or "[::]:${usual}" for every address` };
        return ipHost(host, bracketed);
      },
    ),
  };
}

function serverAt(usual: number): ValueType<Endpoint> {
  return {
    notation: `\`"host:port"\` or \`"[address]:port"\`; port ${usual} if left out`,
    schema: endpoint(
      `must be "host:port", such as "192.0.2.5:${usual}", "[2001:db8::5]:${usual}" or "nps.example:${usual}"`,
      { usual, least: 1 },
      (host, bracketed) => {
        const ip = ipHost(host, bracketed);
        if (ip?.host === '0.0.0.0' || ip?.host === '::')
          return { problem: 'must be one server; 0.0.0.0 and [::] name none' };
        return ip ?? (!bracketed && isHostName(host) ? { host: host.toLowerCase() } : undefined);
      },
    ),
  };
}

type Host = { readonly host: string; readonly problem?: never } | { readonly host?: never; readonly problem: string };

/** @param readHost what the part before the port means; undefined if nothing */
function endpoint(
  must: string,
  ports: { readonly usual: number; readonly least: number },
  readHost: (host: string, bracketed: boolean) => Host | undefined,
): z.ZodType<Endpoint> {
  return z.string(must).transform((text, context): Endpoint => {
    const refuse = (message: string): never => {
      context.addIssue(message);
      return z.NEVER;
    };
    // It may end in a port or in one more group: "::1:1812" is an address too.
    if (isIPv6(text)) return refuse('must have its IPv6 address in brackets: "[2001:db8::1]:1812"');
    const match = /^(?:\[(?<v6>[^\]]+)\]|(?<other>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
    const read = match && readHost(match['v6'] ?? match['other'] ?? '', match['v6'] !== undefined);
    if (!match || !read) return refuse(must);
    if (read.problem !== undefined) return refuse(read.problem);
    const port = match['port'] === undefined ? ports.usual : Number(match['port']);
    if (port < ports.least || port > 65_535) return refuse(`must have a port from ${ports.least} to 65535`);
    return { host: read.host, port };
  });
}

function ipHost(text: string, bracketed: boolean): { readonly host: string; readonly problem?: never } | undefined {
  const host = isIPv6(text) === bracketed ? canonicalIp(text) : undefined;
  return host === undefined ? undefined : { host };
}

/** RFC 1123 §2.1, with the underscore that some directories use; a last label of digits would be a mistyped address. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return (
    text.length <= 253 &&
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}
