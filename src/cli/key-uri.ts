import { generateURI } from 'otplib';
import type { Algorithm } from '../factor/oath.ts';
import { base32 } from './base32.ts';

/** A TOTP key as authenticator apps scan it: the `otpauth://` URI, where what is usual (SHA-1, 6 digits, 30 s) is left out. */
export function keyUri(token: {
  readonly issuer: string;
  readonly user: string;
  readonly key: Buffer;
  readonly algorithm: Algorithm;
  readonly digits: 6 | 8;
  readonly period: 30 | 60;
}): string {
  const { issuer, user, key, algorithm, digits, period } = token;
  return generateURI({ issuer, label: user, secret: base32(key), algorithm, digits, period });
}
