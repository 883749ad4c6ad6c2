import { anyconnect } from './anyconnect.ts';
import { checkPoint } from './check-point.ts';
import { ciscoIse } from './cisco-ise.ts';
import { citrixAdc } from './citrix-adc.ts';
import { f5Apm } from './f5-apm.ts';
import { fortigate } from './fortigate.ts';
import { generic } from './generic.ts';
import { globalprotect } from './globalprotect.ts';
import { horizon } from './horizon.ts';
import { ivanti } from './ivanti.ts';
import { mikrotik } from './mikrotik.ts';
import { openvpnAccessServer } from './openvpn-access-server.ts';
import { openvpnAuthPam } from './openvpn-auth-pam.ts';
import { openvpnRadiusplugin } from './openvpn-radiusplugin.ts';
import { opnsense } from './opnsense.ts';
import { pamRadius } from './pam-radius.ts';
import { pfsense } from './pfsense.ts';
import type { Profile } from './profile.ts';
import { radcli } from './radcli.ts';
import { rdGateway } from './rd-gateway.ts';
import { rras } from './rras.ts';
import { sonicwall } from './sonicwall.ts';
import { sophos } from './sophos.ts';
import { strongswan } from './strongswan.ts';

/** Device profiles, a file each: docs/profiles.md is made from them, in this order. What no source says is left as usual. */
export const profiles = {
  generic,
  'rd-gateway': rdGateway,
  fortigate,
  anyconnect,
  strongswan,
  globalprotect,
  radcli,
  'pam-radius': pamRadius,
  'citrix-adc': citrixAdc,
  'check-point': checkPoint,
  sonicwall,
  sophos,
  horizon,
  'cisco-ise': ciscoIse,
  ivanti,
  'f5-apm': f5Apm,
  mikrotik,
  pfsense,
  opnsense,
  'openvpn-auth-pam': openvpnAuthPam,
  'openvpn-radiusplugin': openvpnRadiusplugin,
  'openvpn-access-server': openvpnAccessServer,
  rras,
} as const satisfies Readonly<Record<string, Profile>>;

type ProfileName = keyof typeof profiles;

/** What `profile` may be; the config is read with them, so a profile is known as soon as it has its row above. */
export const profileNames = Object.keys(profiles) as [ProfileName, ...ProfileName[]];
