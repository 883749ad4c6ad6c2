import { usual, type Profile } from './profile.ts';

export const pfsense = {
  ...usual,
  device: 'pfSense with OpenVPN or IPsec',
  deadline: 5_000,
  patience:
    'System, User Manager, Authentication Servers: Authentication Timeout, 5 s if left blank; raise it for approvals',
  challenge: false,
  append: 'code-last',
  sources: [
    'https://github.com/pfsense/pfsense/blob/master/src/usr/local/www/system_authservers.php',
    'https://www.rcdevs.com/docs/howtos/pfsense/pfsense/',
  ],
} as const satisfies Profile;
