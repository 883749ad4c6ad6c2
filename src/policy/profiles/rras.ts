import { usual, type Profile } from './profile.ts';

export const rras = {
  ...usual,
  device: 'Windows Routing and Remote Access (RRAS, Always On VPN)',
  deadline: 5_000,
  patience: '`Set-RemoteAccessRadius -Timeout`, 5 s unless told otherwise; raise it for approvals',
  note: 'It sends no Message-Authenticator unless told to: `Set-RemoteAccessRadius -MsgAuthenticator Enabled`, and then `message_authenticator = "require"` here. With MS-CHAPv2 and EAP users approve.',
  sources: ['https://learn.microsoft.com/en-us/powershell/module/remoteaccess/add-remoteaccessradius'],
} as const satisfies Profile;
