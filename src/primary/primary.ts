import type { Granted } from '../packet/granted.ts';
import type { Attribute } from '../packet/packet.ts';

/** A first credential to be checked. Everything is bytes as the NAS sent them. */
export interface PrimaryRequest {
  readonly userName: Buffer;
  readonly password: Buffer;
  /** The request's attributes, for those primaries that pass them on. */
  readonly attributes: readonly Attribute[];
  /** The name of the client that it came from. */
  readonly client: string;
  /** When the NAS gives up, on the monotonic clock, in milliseconds. */
  readonly deadline: number;
}

export type PrimaryResult =
  | { readonly kind: 'ok'; readonly granted: readonly Granted[] }
  /** `relayed` is what an upstream's refusal carried; undefined if the refusal is radgate's own. */
  | { readonly kind: 'bad'; readonly relayed: readonly Granted[] | undefined }
  /** It asked a question of its own. */
  | { readonly kind: 'challenge' }
  /** `why` is for the log: which server, what was tried. `asked`: whether a server may have seen the password, and counted it. */
  | { readonly kind: 'unreachable'; readonly why: string; readonly asked: boolean };

/** Where the first credential is checked: one file per kind. It answers by the deadline and never throws. */
export interface Primary {
  readonly name: string;
  readonly check: (request: PrimaryRequest) => Promise<PrimaryResult>;
  readonly close: () => Promise<void>;
}
