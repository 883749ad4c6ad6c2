import { usual, type Profile } from './profile.ts';

export const strongswan = {
  ...usual,
  device: 'strongSwan with eap-radius',
  deadline: 14_000,
  patience: '`retransmit_timeout` 2 s, `retransmit_base` 1.4, `retransmit_tries` 4: 14.2 s in all',
  sources: ['https://docs.strongswan.org/docs/latest/plugins/eap-radius.html'],
} as const satisfies Profile;
