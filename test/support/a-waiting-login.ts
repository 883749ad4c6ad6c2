import type { WaitingLogin } from '../../src/login/waiting.ts';
import { byApp } from './asking.ts';

/** A login that waits for a code of the user's app. */
export const aWaitingLogin = {
  stage: 'factor',
  loginId: 'l',
  firstDevice: null,
  userId: 'u',
  methods: ['totp'],
  granted: [],
  attemptsLeft: 3,
  asking: byApp,
  asked: { userName: 'u', client: 'c', clientAddress: 'a', callingStationId: null, primary: 'p' },
} as const satisfies WaitingLogin;
