import { createRequire } from 'node:module';

/** Name or type of an attribute, then its value; a vendor's are nested under Vendor-Specific. */
export type LibraryAttribute = readonly [string | number, unknown];

/** What the tests use of npm radius as an independent judge of packets. */
export interface NpmRadius {
  encode(args: {
    readonly code: string;
    readonly secret: string;
    readonly identifier: number;
    readonly authenticator?: Buffer;
    readonly attributes: readonly (LibraryAttribute | readonly unknown[])[];
    readonly add_message_authenticator?: boolean;
  }): Buffer;
  /** @throws Error if the packet can't be read or its Message-Authenticator is wrong */
  decode(args: { readonly packet: Buffer; readonly secret: string }): {
    readonly code: string;
    readonly identifier: number;
    readonly authenticator: Buffer;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly raw_attributes: readonly (readonly [number, Buffer])[];
  };
  encode_response(args: {
    readonly packet: unknown;
    readonly code: string;
    readonly secret: string;
    readonly attributes: LibraryAttribute[];
  }): Buffer;
  verify_response(args: { readonly request: Buffer; readonly response: Buffer; readonly secret: string }): boolean;
}

/**
 * A copy of npm radius with its own dictionaries: the library has one state for the whole process, and packet/dictionary.ts fills that
 * of the ordinary copy with ours.
 */
export function loadNpmRadius(): NpmRadius {
  const require = createRequire(import.meta.url);
  const file = require.resolve('radius');
  const ordinary = require.cache[file];
  delete require.cache[file];
  try {
    return require(file) as NpmRadius;
  } finally {
    if (ordinary) require.cache[file] = ordinary;
    else delete require.cache[file];
  }
}
