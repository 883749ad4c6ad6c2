import { generateSync } from 'otplib';
import type { HashAlgorithm } from 'otplib';

export interface TotpOptions {
  /** Milliseconds since 1970. Default now. */
  readonly at?: number;
  /** Whole steps later (or, negative, earlier) than `at`. */
  readonly steps?: number;
  readonly algorithm?: HashAlgorithm;
  readonly digits?: 6 | 8;
  /** Seconds. Default 30. */
  readonly period?: number;
}

/** The code of a base32 secret (RFC 6238), computed by npm otplib. */
export function totp(secret: string, options: TotpOptions = {}): string {
  const { at = Date.now(), steps = 0, algorithm = 'sha1', digits = 6, period = 30 } = options;
  const epoch = Math.floor(at / 1000) + steps * period;
  return generateSync({ secret, epoch, period, digits, algorithm });
}

/** A code that is right for none of the ten steps on either side of now. Another for each `salt`. */
export function wrongCode(secret: string, salt = 0): string {
  const right = new Set(Array.from({ length: 21 }, (_, index) => totp(secret, { steps: index - 10 })));
  const wrong: string[] = [];
  for (let code = 0; wrong.length <= salt; code++) {
    const text = String(code).padStart(6, '0');
    if (!right.has(text)) wrong.push(text);
  }
  return wrong[salt] ?? '';
}
