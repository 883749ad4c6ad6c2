import type { DeviceAttributeName } from './device-attribute.ts';

/** What a kind of device is like, where a `[[client]]` does not say otherwise. */
export interface Profile {
  /** How long the device waits for an answer altogether, in milliseconds, as it is shipped. */
  readonly deadline: number;
  readonly proxy: boolean;
  readonly passwordless: boolean;
  readonly deviceAttribute: DeviceAttributeName;
}

const usual: Profile = { deadline: 10_000, proxy: false, passwordless: false, deviceAttribute: 'Calling-Station-Id' };

/**
 * Device profiles. None was tried on the device itself; each time is the one that the vendor or the source of the client states as shipped, and what no
 * source says is left as usual.
 */
export const profiles = {
  /** What nothing is known of. */
  generic: usual,
  /**
   * Remote Desktop Gateway, through the NPS on its host, which forwards for it: no password reaches RADIUS, the gateway has authenticated the user. The
   * time-out is the one that docs/rd-gateway.md has set in NPS. It names the machine where Network Policy knows it, and no address.
   */
  'rd-gateway': { deadline: 60_000, proxy: true, passwordless: true, deviceAttribute: 'MS-Machine-Name' },
  /** FortiOS: `config system global`, `set remoteauthtimeout`, 5 s as shipped. */
  fortigate: { ...usual, deadline: 5_000 },
  /** Cisco Secure Client (AnyConnect): authentication time-out of 12 s as shipped, in the profile. */
  anyconnect: { ...usual, deadline: 12_000 },
  /** strongSwan's eap-radius: sends at 0, 2, 5 and 9 s and gives up at 14 s. */
  strongswan: { ...usual, deadline: 14_000 },
  /** PAN-OS: 3 s and 3 tries in the server profile; GlobalProtect's own limit of 30 s is what the profile is to be set to. */
  globalprotect: { ...usual, deadline: 30_000, deviceAttribute: 'PaloAlto-Client-Source-IP' },
  /** radcli, which ocserv uses: 10 s, tried three times. */
  radcli: { ...usual, deadline: 30_000 },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof profiles;
