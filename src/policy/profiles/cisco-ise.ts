import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const ciscoIse = {
  ...usual,
  ...deadlineNotKnown,
  device: 'Cisco ISE, which forwards to radgate as an external RADIUS server',
  patience:
    'not known from a source: ISE waits its timeout for each of its attempts; set the product of the two in the external RADIUS server',
  proxy: true,
  note: 'ISE answers requests for its own ACLs itself. As a RADIUS token server it is a client like any other: then set `proxy = false`.',
  sources: [
    'https://www.cisco.com/c/en/us/support/docs/security/identity-services-engine/213239-configure-external-radius-servers-on-ise.html',
  ],
} as const satisfies Profile;
