import { usual, type Profile } from './profile.ts';

export const horizon = {
  ...usual,
  device: 'VMware (Omnissa) Horizon',
  deadline: 15_000,
  patience:
    'Horizon Cloud: Server Timeout 5 s, three tries; a Connection Server has the same two settings, their defaults are not known from a source',
  sources: [
    'https://docs.vmware.com/en/VMware-Horizon-Cloud-Service-on-IBM-Cloud/16.6/com.vmware.horizonair166.admin/GUID-A74D0E47-16D9-4768-8B61-7D3FA9E05E08.html',
    'https://developer.omnissa.com/horizon-apis/view/versions/2103/vdi.infrastructure.RADIUSAuthenticator.ServerData',
  ],
} as const satisfies Profile;
