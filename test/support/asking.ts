import type { Asking } from '../../src/login/prompts.ts';

/** How a user is asked who has an app and nothing else. */
export const byApp: Asking = {
  available: ['app'],
  way: 'app',
  target: null,
  number: null,
  language: 'en',
  turns: 0,
  directory: undefined,
};
