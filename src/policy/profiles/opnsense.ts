import { usual, type Profile } from './profile.ts';

export const opnsense = {
  ...usual,
  device: 'OPNsense',
  deadline: 5_000,
  patience: 'System, Access, Servers: Authentication Timeout, 5 s if left blank; raise it for approvals',
  challenge: false,
  append: 'code-last',
  note: 'It takes an Access-Challenge for an unexpected answer and refuses the login.',
  sources: [
    'https://github.com/opnsense/core/blob/master/src/www/system_authservers.php',
    'https://github.com/opnsense/core/blob/master/src/opnsense/mvc/app/library/OPNsense/Auth/Radius.php',
  ],
} as const satisfies Profile;
