import type { DeviceAttributeName } from '../device-attribute.ts';

/** What a kind of device is like, where a `[[client]]` does not say otherwise. */
export interface Profile {
  /** As an administrator calls it. */
  readonly device: string;
  /** How long it waits for an answer altogether, in milliseconds. */
  readonly deadline: number;
  /** What that is made of, and where it is changed. */
  readonly patience: string;
  /** Whether its requests come through a RADIUS proxy. */
  readonly proxy: boolean;
  /** Whether the users have shown the device itself who they are, so that it sends no password. */
  readonly passwordless: boolean;
  readonly deviceAttribute: DeviceAttributeName;
  /** Where this is written down: pages of the vendor, its source, or of those who measured it. */
  readonly sources: readonly string[];
  /** What it was tried with; null if it follows the sources alone. */
  readonly tried: string | null;
}

/** What holds for a device of which no source says otherwise. */
export const usual = {
  proxy: false,
  passwordless: false,
  deviceAttribute: 'Calling-Station-Id',
  tried: null,
} as const;
