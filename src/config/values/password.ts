import type { ValueType } from '../row.ts';
import type { Secret } from '../secret.ts';
import { sharedSecret } from './shared-secret.ts';

/** A password that someone else has set: how long it is, is theirs to judge. */
export const password: ValueType<Secret> = { ...sharedSecret, secret: { weakBelow: 1 } };
