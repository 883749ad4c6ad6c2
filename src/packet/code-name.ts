import { Code } from './constants.ts';

const names: Readonly<Record<number, string>> = {
  [Code.accessRequest]: 'Access-Request',
  [Code.accessAccept]: 'Access-Accept',
  [Code.accessReject]: 'Access-Reject',
  [Code.accessChallenge]: 'Access-Challenge',
  [Code.statusServer]: 'Status-Server',
};

/** What RFC 2865 §3 calls a packet of this code; 'code 40' of others. */
export function codeName(code: number): string {
  return names[code] ?? `code ${code}`;
}
