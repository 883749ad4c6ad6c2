import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const f5Apm = {
  ...usual,
  ...deadlineNotKnown,
  device: 'F5 BIG-IP Access Policy Manager',
  patience:
    'not known from a source: the AAA RADIUS server of the access policy has a time-out and retries; set the product of the two',
  sources: [
    'https://clouddocs.f5.com/products/big-iq/mgmt-api/v6.1.0/ApiReferences/bigiq_public_api_ref/r_access_radius_server.html',
  ],
} as const satisfies Profile;
