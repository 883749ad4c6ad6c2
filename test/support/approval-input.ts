import type { ApprovalRandom } from '../../src/approval/approval.ts';
import type { BeginApprovalInput } from '../../src/approval/begin-approval.ts';
import type { DecideInput } from '../../src/approval/decide-approval.ts';
import { english } from '../../src/deliver/texts-en.ts';
import { bootId } from '../../src/store/host-time.ts';
import { noLimits } from './begin-input.ts';

const time = { boot: bootId(), now: 1_000 };

/** A login that waits for its user's answer, who is asked by text message or else by mail. @param now milliseconds since 1970 UTC */
export function approvalInput(
  { userId, userName }: { readonly userId: string; readonly userName: string },
  random: ApprovalRandom,
  now: number,
  loginId = random.id.slice(0, 16),
): BeginApprovalInput {
  return {
    userId,
    loginId,
    random,
    device: '203.0.113.5',
    application: 'the VPN',
    now,
    until: now + 30_000,
    typed: undefined,
    window: 10_000,
    limit: 3,
    channels: ['sms', 'email'],
    answers: false,
    push: false,
    url: 'https://mfa.example',
    rules: noLimits,
    order: ['store', 'directory'],
    directory: undefined,
    texts: { en: english.notice },
    language: 'en',
    time,
    audit: {
      at: now,
      loginId,
      userName,
      client: 'vpn',
      clientAddress: '192.0.2.1',
      callingStationId: '203.0.113.5',
      primary: 'nps',
      latency: 3,
    },
  };
}

/** "Approve", pressed on the page of a link. @param now milliseconds since 1970 UTC */
export function decideInput(token: Buffer, now: number): DecideInput {
  return { token, decision: 'approve', number: null, by: 'page', now, ...whatFollows };
}

/** What a decision has to say to the user and to others. */
export const whatFollows = {
  code: '271828',
  lifetime: 300_000,
  block: 3_600_000,
  alerts: [],
  texts: english.notice,
  language: 'en',
  time,
} as const;
