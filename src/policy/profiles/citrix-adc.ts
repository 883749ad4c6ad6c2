import { usual, type Profile } from './profile.ts';

export const citrixAdc = {
  ...usual,
  device: 'Citrix ADC (NetScaler Gateway)',
  deadline: 4_000,
  patience:
    'it drops an answer that takes longer than its NATPCB timeout, 4 s; `set ns timeout -NewConnIdleTimeOut` raises it. Raise it for approvals',
  sources: ['https://support.citrix.com/external/article/236072/netscaler-gateway-radius-authentication.html'],
} as const satisfies Profile;
