import type { AttemptInput } from '../../src/login/attempt.ts';
import { lockoutRules, windows } from './login-rules.ts';

/** An answer to a challenge, from a login that may give three more; ten wrong ones lock the user. @param now milliseconds since 1970 UTC */
export function attemptInput(userId: string, answer: string, now: number): AttemptInput {
  return {
    userId,
    methods: ['totp'],
    answer: Buffer.from(answer),
    now,
    attemptsLeft: 3,
    windows,
    lockout: lockoutRules,
    audit: {
      at: now,
      loginId: 'l',
      userName: 'alice',
      client: 'vpn',
      clientAddress: '192.0.2.10',
      callingStationId: null,
      primary: 'local',
      latency: 1.5,
    },
  };
}
