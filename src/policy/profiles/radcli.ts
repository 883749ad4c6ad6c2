import { usual, type Profile } from './profile.ts';

export const radcli = {
  ...usual,
  device: 'ocserv and others with radcli',
  deadline: 30_000,
  patience: 'radiusclient.conf: `radius_timeout` 10 s, `radius_retries` 3',
  sources: ['https://github.com/radcli/radcli/blob/master/etc/radiusclient.conf.in'],
} as const satisfies Profile;
