import { usual, type Profile } from './profile.ts';

export const pamRadius = {
  ...usual,
  device: 'Linux PAM with pam_radius (pam_radius_auth.so)',
  deadline: 3_000,
  patience:
    '3 s for each server unless its line in pam_radius_auth.conf says otherwise, and sent once unless `retry` is set; raise it there for approvals',
  sources: [
    'https://github.com/FreeRADIUS/pam_radius/blob/master/pam_radius_auth.conf',
    'https://github.com/FreeRADIUS/pam_radius/blob/master/USAGE',
  ],
  tried: 'prompts and codes, by pamtester (`test/peer/pam.test.ts`), but not with this deadline',
} as const satisfies Profile;
