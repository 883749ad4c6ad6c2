import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const sophos = {
  ...usual,
  ...deadlineNotKnown,
  device: 'Sophos Firewall with Sophos Connect',
  challenge: false,
  append: 'code-last',
  appendLength: 6,
  note: 'Sophos Connect sends the code right behind the password and takes approvals. The user portal and the web admin console can be challenged: where only these ask, set `challenge = true` and `append = "off"`.',
  sources: [
    'https://docs.sophos.com/nsg/sophos-firewall/18.5/help/en-us/webhelp/onlinehelp/AdministratorHelp/Authentication/OneTimePassword/AuthenticationMFASettings/index.html',
  ],
} as const satisfies Profile;
