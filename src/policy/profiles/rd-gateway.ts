import { usual, type Profile } from './profile.ts';

export const rdGateway = {
  ...usual,
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
} as const satisfies Profile;
