import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header of a body that is signed: `t=SECONDS,v1=HEX`, HMAC-SHA-256 (RFC 2104) of `SECONDS.BODY`. */
export const signatureHeader = 'x-radgate-signature';

/** How far the time of a signature may be from now, either way, in milliseconds. */
export const signatureWindow = 300_000;

/** @param now milliseconds since 1970 UTC: whoever checks it refuses what is old */
export function sign(body: string | Uint8Array, now: number, secret: Uint8Array): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`;
}

/** Whether who has the secret signed this body within `signatureWindow` of now. @param now milliseconds since 1970 UTC */
export function isSigned(header: string, body: Uint8Array, now: number, secret: Uint8Array): boolean {
  const seconds = /^t=([0-9]{1,12}),v1=[0-9a-f]{64}$/.exec(header)?.[1];
  if (seconds === undefined) return false;
  const at = Number(seconds) * 1000;
  const made = Buffer.from(sign(body, at, secret));
  const given = Buffer.from(header);
  return given.length === made.length && timingSafeEqual(given, made) && Math.abs(now - at) <= signatureWindow;
}
