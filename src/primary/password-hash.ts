import { scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt);

const keySize = 32;
/** RFC 7914 §2: N = 2^15, r = 8, p = 1: 32 MiB and some 70 ms for each guess. Each hash carries its own, so that they can be raised. */
const now = { ln: 15, r: 8, p: 1 };
const form = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Hashes a password for keeping: `$scrypt$ln=15,r=8,p=1$salt$hash`, base64 without padding. @param salt 16 random octets */
export async function hashPassword(password: Buffer, salt: Buffer): Promise<string> {
  const hash = await derive(password, salt, keySize, options(now.ln, now.r, now.p));
  return `$scrypt$ln=${now.ln},r=${now.r},p=${now.p}$${unpadded(salt)}$${unpadded(hash)}`;
}

/** Compares in constant time. @throws Error if `kept` is not what hashPassword makes */
export async function passwordMatches(password: Buffer, kept: string): Promise<boolean> {
  const [, ln, r, p, salt, hash] = form.exec(kept) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('the stored password hash is not in the scrypt form');
  const expected = Buffer.from(hash, 'base64');
  const actual = await derive(
    password,
    Buffer.from(salt, 'base64'),
    expected.length,
    options(Number(ln), Number(r), Number(p)),
  );
  return timingSafeEqual(actual, expected);
}

/** A hash that no password has, to spend the same time on users that don't exist. */
export const nobodysHash = `$scrypt$ln=${now.ln},r=${now.r},p=${now.p}$${unpadded(Buffer.alloc(16))}$${unpadded(Buffer.alloc(keySize))}`;

function options(ln: number, r: number, p: number): ScryptOptions {
  const N = 2 ** ln;
  return { N, r, p, maxmem: 256 * N * r };
}

function unpadded(octets: Buffer): string {
  return octets.toString('base64').replaceAll('=', '');
}
