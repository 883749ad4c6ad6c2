import type { DeviceAttributeName } from '../device-attribute.ts';
import type { PromptFormat } from '../prompt.ts';

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
  /** Whether it can show a prompt for a code (Access-Challenge). */
  readonly challenge: boolean;
  /** How it shows one. */
  readonly promptFormat: PromptFormat;
  /** How a code stands beside the password, where it cannot show one. */
  readonly append: 'off' | 'code-last' | 'code-first';
  /** Digits of a code that it sends without a delimiter; null if the user types one. */
  readonly appendLength: 6 | 7 | 8 | null;
  /** Whether its requests must carry Message-Authenticator. */
  readonly messageAuthenticator: 'require' | 'auto' | 'off';
  /** Whether it fetches ACLs by requests that log nobody in. */
  readonly aclDownloads: boolean;
  readonly deviceAttribute: DeviceAttributeName;
  /** What else its administrator has to know, in sentences; null if there is nothing. */
  readonly note: string | null;
  /** Where this is written down: pages of the vendor, its source, or of those who measured it. */
  readonly sources: readonly string[];
  /** What it was tried with; null if it follows the sources alone. */
  readonly tried: string | null;
}

/** What holds for a device of which no source says otherwise. */
export const usual = {
  proxy: false,
  passwordless: false,
  challenge: true,
  promptFormat: 'short',
  append: 'off',
  appendLength: null,
  messageAuthenticator: 'auto',
  aclDownloads: false,
  deviceAttribute: 'Calling-Station-Id',
  note: null,
  tried: null,
} as const;

/** The deadline of a device whose patience no source gives. */
export const deadlineNotKnown = {
  deadline: 10_000,
  patience: 'not known from a source: what most devices wait; set what the device is set to',
} as const;
