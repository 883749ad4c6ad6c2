import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const checkPoint = {
  ...usual,
  ...deadlineNotKnown,
  device: 'Check Point Remote Access and Mobile Access',
  sources: [
    'https://sc1.checkpoint.com/documents/R81.10/WebAdminGuides/EN/CP_R81.10_MobileAccess_AdminGuide/Topics-MABG/User-Authentication.htm',
    'https://multifactor.pro/docs/vpn/checkpoint-remote-access-vpn-2fa/',
  ],
} as const satisfies Profile;
