import type { DeviceAttributeName } from './device-attribute.ts';

/** What a kind of device is like, where a `[[client]]` does not say otherwise. */
export interface Profile {
  /** As an administrator calls it. */
  readonly device: string;
  /** How long it waits for an answer altogether, in milliseconds. */
  readonly deadline: number;
  /** What that is made of, and where it is changed. */
  readonly patience: string;
  /** Whether its requests come through a RADIUS proxy. */
  readonly proxy: boolean;
  /** Whether the users have shown the device itself who they are, so that it sends no password. */
  readonly passwordless: boolean;
  readonly deviceAttribute: DeviceAttributeName;
  /** Where this is written down: pages of the vendor, its source, or of those who measured it. */
  readonly sources: readonly string[];
  /** What it was tried with; null if it follows the sources alone. */
  readonly tried: string | null;
}

const usual = { proxy: false, passwordless: false, deviceAttribute: 'Calling-Station-Id', tried: null } as const;

/** Device profiles: docs/profiles.md is made from them. What no source says is left as usual. */
export const profiles = {
  generic: {
    ...usual,
    device: 'Any device of which nothing is known',
    deadline: 10_000,
    patience: 'what most devices wait, retries included',
    sources: [],
  },
  'rd-gateway': {
    device: 'Microsoft RD Gateway, through its NPS',
    deadline: 60_000,
    patience:
      'NPS, remote RADIUS server group, tab Load Balancing: to be raised there, see [rd-gateway.md](rd-gateway.md)',
    proxy: true,
    passwordless: true,
    deviceAttribute: 'MS-Machine-Name',
    sources: [
      'https://learn.microsoft.com/en-us/entra/identity/authentication/howto-mfa-nps-extension-rdg',
      'https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-rnas/be40cb3b-767c-457e-b27e-a5cc5aa93c0d',
    ],
    tried: 'FreeRADIUS in place of NPS on both sides (`test/peer/rd-gateway`); never with Windows',
  },
  fortigate: {
    ...usual,
    device: 'Fortinet FortiGate',
    deadline: 5_000,
    patience: '`config system global`, `set remoteauthtimeout`: 5 s unless told otherwise',
    sources: [
      'https://community.fortinet.com/t5/FortiGate/Technical-Tip-Explaining-global-set-remoteauthtimeout-user/ta-p/229136',
    ],
  },
  anyconnect: {
    ...usual,
    device: 'Cisco ASA or FTD with AnyConnect (Secure Client)',
    deadline: 12_000,
    patience:
      'AnyConnect before 4.8.02045 gives up after 12 s, later ones after 30 s; its profile sets it (Authentication Timeout)',
    sources: ['https://www.wiresandwi.fi/blog/demystifying-cisco-anyconnect-vpn-multifactor-authentication-timeouts'],
  },
  strongswan: {
    ...usual,
    device: 'strongSwan with eap-radius',
    deadline: 14_000,
    patience: '`retransmit_timeout` 2 s, `retransmit_base` 1.4, `retransmit_tries` 4: 14.2 s in all',
    sources: ['https://docs.strongswan.org/docs/latest/plugins/eap-radius.html'],
  },
  globalprotect: {
    ...usual,
    device: 'Palo Alto GlobalProtect (PAN-OS)',
    deadline: 30_000,
    patience: 'timeout times retries of the RADIUS server profile, to be raised to 30 s in all',
    // Sent once the firewall is told to ("set authentication radius-vsa-on client-source-ip"); else no two requests are of one device.
    deviceAttribute: 'PaloAlto-Client-Source-IP',
    sources: [
      'https://docs.paloaltonetworks.com/globalprotect/7-1/globalprotect-admin/set-up-the-globalprotect-infrastructure/enable-delivery-of-globalprotect-client-vsas-to-a-radius-server',
    ],
  },
  radcli: {
    ...usual,
    device: 'ocserv and others with radcli',
    deadline: 30_000,
    patience: 'radiusclient.conf: `radius_timeout` 10 s, `radius_retries` 3',
    sources: ['https://github.com/radcli/radcli/blob/master/etc/radiusclient.conf.in'],
  },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;
