import { usual, type Profile } from './profile.ts';

export const generic = {
  ...usual,
  device: 'Any device of which nothing is known',
  deadline: 10_000,
  patience: 'what most devices wait, retries included',
  sources: [],
} as const satisfies Profile;
