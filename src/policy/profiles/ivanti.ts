import { deadlineNotKnown, usual, type Profile } from './profile.ts';

export const ivanti = {
  ...usual,
  ...deadlineNotKnown,
  device: 'Ivanti Connect Secure (Pulse Secure)',
  patience:
    'what it waits as shipped is not known from a source; for a second factor guides set Timeout 60 s and Retries 1: then `deadline = "60s"`',
  note: 'It shows a prompt only with a custom RADIUS rule of the authentication server: if an Access-Challenge is received, show the generic login page.',
  sources: ['https://help.okta.com/en-us/content/topics/integrations/pulse-secure-radius-intg-gw.htm'],
} as const satisfies Profile;
