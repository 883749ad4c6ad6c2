import { usual, type Profile } from './profile.ts';

export const openvpnRadiusplugin = {
  ...usual,
  device: 'OpenVPN with radiusplugin',
  deadline: 2_000,
  patience:
    'radiusplugin.cnf: `wait` 1 s and `retry` 1 for each server, read as two attempts; raise `wait` there, for approvals to 30 s',
  challenge: false,
  append: 'code-last',
  note: 'Users type `password,123456`, or have a field of its own by `static-challenge` (SCRV1): [recipes/openvpn-ldap-append.md](recipes/openvpn-ldap-append.md).',
  sources: ['https://github.com/ValdikSS/openvpn-radiusplugin/blob/master/radiusplugin.cnf'],
  tried: 'its passwords and SCRV1, made by the test (`test/peer/recipe-openvpn.test.ts`), never with OpenVPN',
} as const satisfies Profile;
