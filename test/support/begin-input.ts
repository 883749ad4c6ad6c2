import { randomUUID } from 'node:crypto';
import { english } from '../../src/deliver/texts-en.ts';
import { french } from '../../src/deliver/texts-fr.ts';
import { challengeOf, type BeginInput } from '../../src/factor/sent-code.ts';
import type { SendingRules } from '../../src/policy/sending.ts';
import { bootId } from '../../src/store/host-time.ts';

/** So many that no test reaches them unasked. */
export const noLimits: SendingRules = {
  limits: { user: [], number: [], client: [], prefix: [], total: [] },
  allow: [],
  deny: [],
  block: 3_600_000,
};

/** The login that all of these codes are of. */
export const answeredLogin = 'login';
let turns = 0;

/** A code to be sent to a user by text message. @param now milliseconds since 1970 UTC */
export function beginInput(userId: string, code: string, now: number): BeginInput {
  return {
    userId,
    method: 'sms',
    challengeId: challengeOf(answeredLogin, turns++),
    outboxId: randomUUID(),
    code,
    lifetime: 300_000,
    now,
    time: { boot: bootId(), now: 1_000_000 },
    client: 'vpn',
    application: 'the VPN',
    rules: noLimits,
    texts: { en: english.message, fr: french.message },
    language: 'en',
    directory: undefined,
    order: ['store', 'directory'],
  };
}
