import { deserialize, serialize } from 'node:v8';
import { reviveBuffers } from '../store/revive-buffers.ts';
import type { Verdict } from './verdict.ts';
import type { WaitingLogin } from './waiting.ts';

/** A waiting login, or what it came to, as octets: to be kept while nobody looks at it. */
export function pack(kept: WaitingLogin | Verdict): Buffer {
  return serialize(kept);
}

export function unpackLogin(octets: Buffer): WaitingLogin {
  return reviveBuffers(deserialize(octets)) as WaitingLogin;
}

export function unpackVerdict(octets: Buffer): Verdict {
  return reviveBuffers(deserialize(octets)) as Verdict;
}
