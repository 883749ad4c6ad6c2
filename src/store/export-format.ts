import { createHmac, createSecretKey, scrypt, type KeyObject, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { sealKey, type SealKey } from './seal.ts';

/**
 * An export is lines of JSON. The first is an ExportHeader; the second the key of the digests, sealed; then a row a line, in an order in which
 * foreign keys hold; the last says how many rows each table has. Every line but the first ends with a MAC over its number and the rest of it, so that
 * a line that was altered, lost or moved is found, and which. Octets are hexadecimal, in `hex`; what is secret is sealed under a key that is
 * derived from a passphrase, in `sealed` (octets) or `sealed_text`.
 */
export const exportFormat = 'radgate-export';
/** A radgate reads its own version and those before. */
export const exportVersion = 1;

/** RFC 7914 §2; `ln` is the logarithm of N. */
export interface Scrypt {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** N = 2^17, r = 8, p = 1: 128 MiB and half a second for each guess. */
export const scryptNow: Scrypt = { ln: 17, r: 8, p: 1 };

export interface ExportHeader {
  readonly format: typeof exportFormat;
  readonly version: number;
  /** Of the store that it comes from. */
  readonly schema: number;
  readonly scrypt: Scrypt;
  /** 16 random octets, hexadecimal. */
  readonly salt: string;
}

/** What comes after the header. */
export type ExportContent =
  | { readonly digest_key: ExportValue }
  | { readonly table: string; readonly row: Readonly<Record<string, ExportValue>> }
  | { readonly rows: Readonly<Record<string, number>> };

export type ExportValue =
  string | number | null | { readonly hex: string } | { readonly sealed: string } | { readonly sealed_text: string };

/** What an export is sealed and authenticated with. */
export interface ExportKeys {
  readonly seal: SealKey;
  readonly mac: KeyObject;
}

const derive = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** @param header the line itself: whoever alters it gets other keys */
export async function exportKeys(
  passphrase: Buffer,
  { salt, scrypt: { ln, r, p } }: ExportHeader,
  header: string,
): Promise<ExportKeys> {
  const N = 2 ** ln;
  const octets = await derive(passphrase, Buffer.from(salt, 'hex'), 64, { N, r, p, maxmem: 256 * N * r });
  const mac = createHmac('sha256', octets.subarray(32)).update(header).digest();
  return { seal: sealKey(octets.subarray(0, 32)), mac: createSecretKey(mac) };
}

/** 32 hexadecimal digits. @param line its number, from 1 */
export function exportMac({ mac }: ExportKeys, line: number, content: string): string {
  return createHmac('sha256', mac).update(`${line} `).update(content).digest('hex').slice(0, 32);
}

/** Text that is sealed too, although the store keeps it as it is: a hash of a password can be guessed at. */
export function isSecretText(table: string, column: string): boolean {
  return table === 'users' && column === 'password';
}
