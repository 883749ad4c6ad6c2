import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const mikrotik = {
  ...usual,
  ...deadlineNotKnown,
  device: 'MikroTik RouterOS (L2TP, SSTP, PPTP, OVPN)',
  patience:
    '`/radius set timeout=...`, 300 ms for each try as shipped: nobody can approve in that time. How often it tries is not known from a source',
  note: 'Its VPNs take PAP, CHAP and MS-CHAPv2: a code needs PAP, with the others users approve. Whether it shows a prompt is not known from a source; guides for other products have codes typed in the field of the password (`challenge = false`, `append = "code-last"`).',
  sources: [
    'https://mikrotik.com/documentation/manual_2.6/Interface/PPPUser.html',
    'https://wiki.mikrotik.com/wiki/RADIUS_Client',
    'https://github.com/terraform-routeros/terraform-provider-routeros/blob/main/routeros/resource_radius.go',
    'https://rublon.com/doc/mikrotik-vpn',
  ],
} as const satisfies Profile;
