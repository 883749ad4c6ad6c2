import { usual, type Profile } from './profile.ts';

export const globalprotect = {
  ...usual,
  device: 'Palo Alto GlobalProtect (PAN-OS)',
  deadline: 30_000,
  patience: 'timeout times retries of the RADIUS server profile, to be raised to 30 s in all',
  // Sent once the firewall is told to ("set authentication radius-vsa-on client-source-ip"); else no two requests are of one device.
  deviceAttribute: 'PaloAlto-Client-Source-IP',
  sources: [
    'https://docs.paloaltonetworks.com/globalprotect/7-1/globalprotect-admin/set-up-the-globalprotect-infrastructure/enable-delivery-of-globalprotect-client-vsas-to-a-radius-server',
  ],
} as const satisfies Profile;
