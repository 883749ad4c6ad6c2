import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const mikrotik = {
  ...usual,
  ...deadlineNotKnown,
  device: 'MikroTik RouterOS (L2TP, SSTP, PPTP, OVPN)',
  patience:
    '`/radius set timeout=...`, which is far too short for a person as shipped; set it, and the same here. Its default is not known from a source',
  note: 'Its VPNs use CHAP and MS-CHAPv2 unless PAP alone is allowed (`/ppp profile`, `authentication=pap`): with these users approve. Whether it shows a prompt is not known from a source; guides for other products have codes typed in the field of the password (`challenge = false`, `append = "code-last"`).',
  sources: ['https://wiki.mikrotik.com/wiki/RADIUS_Client', 'https://rublon.com/doc/mikrotik-vpn'],
} as const satisfies Profile;
