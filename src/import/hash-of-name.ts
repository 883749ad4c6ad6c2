import { algorithms, type Algorithm } from '../factor/oath.ts';

/** The hash that a file names: `sha1`, `SHA-256`, `HMAC-SHA512`, `HmacSHA1`. */
export function hashOfName(name: string): Algorithm | undefined {
  const [, size] = /^(?:(?:hmac|hotp|totp)[-_ ]?)?sha-?(1|256|512)$/i.exec(name.trim()) ?? [];
  return algorithms.find((known) => known === `sha${size}`);
}
