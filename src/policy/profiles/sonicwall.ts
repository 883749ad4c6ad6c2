import { usual, type Profile } from './profile.ts';

export const sonicwall = {
  ...usual,
  device: 'SonicWall (SonicOS)',
  deadline: 15_000,
  patience: 'RADIUS settings: RADIUS Server Timeout 5 s, Retries 3, read as three attempts in all',
  sources: ['http://help.sonicwall.com/help/sw/kor/9610/26/2/4/content/PANEL_radiusProps.html'],
} as const satisfies Profile;
