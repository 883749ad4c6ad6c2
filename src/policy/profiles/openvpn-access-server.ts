import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const openvpnAccessServer = {
  ...usual,
  ...deadlineNotKnown,
  device: 'OpenVPN Access Server',
  note: 'Choose PAP as its RADIUS method: a code can be asked for after no other. With its own factor (Require MFA) on, users are asked twice.',
  sources: [
    'https://openvpn.net/access-server-manual/authentication-settings/',
    'https://openvpn.net/vpn-server-resources/authentication-options-and-command-line-configuration/',
  ],
} as const satisfies Profile;
