import { generateURI } from 'otplib';
import type { Algorithm } from './oath.ts';
import { base32 } from '../base32.ts';

interface Key {
  readonly type: 'totp' | 'hotp';
  readonly issuer: string;
  readonly user: string;
  readonly key: Buffer;
  readonly algorithm: Algorithm;
  readonly digits: 6 | 7 | 8;
  /** TOTP: seconds. */
  readonly period: number;
  /** HOTP: that of the first code. */
  readonly counter: number;
}

/** A key as authenticator apps scan it: the `otpauth://` URI, where what is usual (SHA-1, 6 digits, 30 s) is left out. */
export function keyUri({ type, issuer, user, key, algorithm, digits, period, counter }: Key): string {
  const moving = type === 'totp' ? { period } : { counter };
  return generateURI({ strategy: type, issuer, label: user, secret: base32(key), algorithm, digits, ...moving });
}
