import type { Algorithm } from '../factor/oath.ts';

/** Where a row stands, so that editors and terminals can jump to it. */
export interface Place {
  /** As it was named to the importer. */
  readonly file: string;
  /** From 1: the physical line on which the row begins. */
  readonly line: number;
}

/** What the two kinds of token have in common. */
interface Token {
  readonly place: Place;
  /** As printed on the token, with its leading zeros. */
  readonly serial: string | null;
  /** PSKC: the Id of its key, since a device may have several (RFC 6030 §4.3). */
  readonly keyId: string | null;
  /** The name by which the file knows its user. */
  readonly user: string | null;
  /** The shared key K, as octets: 1 to 128. */
  readonly key: Buffer;
  readonly algorithm: Algorithm;
  /** 6 to 8. */
  readonly digits: number;
  readonly manufacturer: string | null;
  readonly model: string | null;
  /** Milliseconds since 1970 UTC: codes count from then on. */
  readonly validFrom: number | null;
  /** Milliseconds since 1970 UTC: codes count until then. */
  readonly validUntil: number | null;
  /** What the administrator should know before importing it; no problems. */
  readonly notes: readonly string[];
}

/** A time-based token: RFC 6238. */
export interface TotpRow extends Token {
  readonly type: 'totp';
  /** X, in seconds: 10 to 300. */
  readonly period: number;
  /** Time steps by which its clock was last seen ahead (above 0) or behind: RFC 6030 §4.3.4, TimeDrift. */
  readonly drift: number;
}

/** A counter-based token: RFC 4226. */
export interface HotpRow extends Token {
  readonly type: 'hotp';
  /** C, the counter of the next code: a whole number below 2^53. */
  readonly counter: number;
}

/** One token, as an import file describes it. */
export type TokenRow = TotpRow | HotpRow;
