import { parseAttribute } from './attributes.ts';
import type { NamedAttribute } from './attributes.ts';

/** A request as FreeRADIUS decoded it. */
export interface ReceivedRequest {
  /** By name, for example Access-Request. */
  readonly code: string;
  readonly identifier: number;
  /** Where it came from, HOST:PORT. */
  readonly from: string;
  /** Octets of the packet. */
  readonly length: number;
  /** In the order of the packet; User-Password is the decrypted text. */
  readonly attributes: readonly NamedAttribute[];
}

/** Reads the requests out of FreeRADIUS's debug output (-xx): a "Received" line, then one indented line for each attribute. */
export function receivedRequests(lines: readonly string[]): ReceivedRequest[] {
  const requests: ReceivedRequest[] = [];
  let number: string | undefined;
  let attributes: NamedAttribute[] = [];
  for (const line of lines) {
    const head = /^\((\d+)\) Received (\S+) Id (\d+) from (\S+) to \S+ length (\d+)$/.exec(line);
    if (head !== null) {
      const [, request, code = '', identifier, from = '', length] = head;
      number = request;
      attributes = [];
      requests.push({ code, identifier: Number(identifier), from, length: Number(length), attributes });
      continue;
    }
    // It announces a packet before it verifies it: this line follows at once when the Message-Authenticator is wrong.
    if (number !== undefined && line.startsWith('Dropping packet without response')) requests.pop();
    const attribute = line.startsWith(`(${number})   `)
      ? parseAttribute(line.slice(`(${number})   `.length))
      : undefined;
    if (attribute === undefined) number = undefined;
    else attributes.push(attribute);
  }
  return requests;
}
