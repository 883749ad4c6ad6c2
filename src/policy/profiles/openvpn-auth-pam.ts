import { pamRadius } from './pam-radius.ts';
import type { Profile } from './profile.ts';

export const openvpnAuthPam = {
  ...pamRadius,
  device: 'OpenVPN with openvpn-plugin-auth-pam and pam_radius',
  note: 'The plugin answers a prompt by its first words, which stand in its line of the configuration: keep `[login] prompt` as you write it there. It takes SCRV1 apart itself.',
  sources: [
    ...pamRadius.sources,
    'https://github.com/OpenVPN/openvpn/blob/master/src/plugins/auth-pam/README.auth-pam',
  ],
  tried: 'pam_radius by pamtester (`test/peer/pam.test.ts`), never with OpenVPN',
} as const satisfies Profile;
