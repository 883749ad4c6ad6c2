import { usual, type Profile } from './profile.ts';

export const anyconnect = {
  ...usual,
  device: 'Cisco ASA or FTD with AnyConnect (Secure Client)',
  deadline: 12_000,
  patience:
    'AnyConnect before 4.8.02045 gives up after 12 s, later ones after 30 s; its profile sets it (Authentication Timeout)',
  aclDownloads: true,
  note: 'With `password-management` in the tunnel group it uses MS-CHAPv2: no code can be asked for then, an approval can.',
  sources: ['https://www.wiresandwi.fi/blog/demystifying-cisco-anyconnect-vpn-multifactor-authentication-timeouts'],
} as const satisfies Profile;
