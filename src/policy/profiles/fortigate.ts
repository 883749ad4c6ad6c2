import { usual, type Profile } from './profile.ts';

export const fortigate = {
  ...usual,
  device: 'Fortinet FortiGate',
  deadline: 5_000,
  patience: '`config system global`, `set remoteauthtimeout`: 5 s unless told otherwise',
  sources: [
    'https://community.fortinet.com/t5/FortiGate/Technical-Tip-Explaining-global-set-remoteauthtimeout-user/ta-p/229136',
  ],
} as const satisfies Profile;
