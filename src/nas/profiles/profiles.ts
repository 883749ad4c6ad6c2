import type { Profile } from './profile.ts';

const vpn = { passwordless: false, proxy: false, deviceAttribute: 'Calling-Station-Id', tried: null } as const;

/** Every profile by its name in `[[client]] profile`; docs/profiles.md shows them as a table. */
export const profiles = {
  'rd-gateway': {
    device: 'Microsoft RD Gateway, through its NPS',
    deadline: 60_000,
    patience: 'NPS, remote RADIUS server group, tab Load Balancing: set both times there, see docs/rd-gateway.md',
    passwordless: true,
    proxy: true,
    deviceAttribute: 'MS-Machine-Name',
    sources: [
      'https://learn.microsoft.com/en-us/entra/identity/authentication/howto-mfa-nps-extension-rdg',
      'https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-rnas/be40cb3b-767c-457e-b27e-a5cc5aa93c0d',
    ],
    tried: 'FreeRADIUS in place of NPS on both sides (test/peer/rd-gateway); never with Windows',
  },
  fortigate: {
    ...vpn,
    device: 'Fortinet FortiGate',
    deadline: 5_000,
    patience: '"config system global", "set remoteauthtimeout": 5 s unless told otherwise',
    sources: [
      'https://community.fortinet.com/t5/FortiGate/Technical-Tip-Explaining-global-set-remoteauthtimeout-user/ta-p/229136',
    ],
  },
  anyconnect: {
    ...vpn,
    device: 'Cisco ASA or FTD with AnyConnect / Secure Client',
    deadline: 12_000,
    patience:
      'AnyConnect before 4.8.02045 gives up after 12 s, later ones after 30 s; its profile sets it (Authentication Timeout)',
    sources: ['https://www.wiresandwi.fi/blog/demystifying-cisco-anyconnect-vpn-multifactor-authentication-timeouts'],
  },
  strongswan: {
    ...vpn,
    device: 'strongSwan with eap-radius',
    deadline: 14_000,
    patience: 'retransmit_timeout 2 s, retransmit_base 1.4, retransmit_tries 4: 14.2 s in all',
    sources: ['https://docs.strongswan.org/docs/latest/plugins/eap-radius.html'],
  },
  globalprotect: {
    ...vpn,
    device: 'Palo Alto GlobalProtect (PAN-OS)',
    deadline: 30_000,
    patience: 'the RADIUS server profile, timeout times retries: raise them to 30 s in all',
    // Sent once "set authentication radius-vsa-on client-source-ip" says so; else nothing tells devices apart.
    deviceAttribute: 'PaloAlto-Client-Source-IP',
    sources: [
      'https://docs.paloaltonetworks.com/globalprotect/7-1/globalprotect-admin/set-up-the-globalprotect-infrastructure/enable-delivery-of-globalprotect-client-vsas-to-a-radius-server',
    ],
  },
  radcli: {
    ...vpn,
    device: 'ocserv and others with radcli',
    deadline: 30_000,
    patience: 'radiusclient.conf: radius_timeout 10 s, radius_retries 3',
    sources: ['https://github.com/radcli/radcli/blob/master/etc/radiusclient.conf.in'],
  },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;
