import type { DeviceAttribute } from '../device-attribute.ts';

/** How one kind of device behaves towards a RADIUS server: what the keys of a `[[client]]` are unless the file says otherwise. */
export interface Profile {
  /** As an administrator calls it. */
  readonly device: string;
  /** How long it waits for an answer altogether, its own retries included, in milliseconds. */
  readonly deadline: number;
  /** What its deadline is made of, and how it is changed there. */
  readonly patience: string;
  /** Whether the users have shown the device itself who they are, so that it sends no password. */
  readonly passwordless: boolean;
  /** Whether its requests come through a RADIUS proxy. */
  readonly proxy: boolean;
  readonly deviceAttribute: DeviceAttribute;
  /** Where this is written down: pages of the vendor, or its source. */
  readonly sources: readonly string[];
  /** What it was tried with, in the tests of radgate; null if it follows the sources alone. */
  readonly tried: string | null;
}
