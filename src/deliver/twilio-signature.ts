import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether Twilio made this request: base64 of HMAC-SHA-1, keyed with the account's token, over the address and each field's name and value in the order
 * of the names (https://www.twilio.com/docs/usage/security, "Validating Signatures from Twilio"). The port of the address may be left out of it or not.
 * @param url as Twilio was told it
 */
export function isTwilioSignature(
  signature: string,
  token: Uint8Array,
  url: string,
  fields: ReadonlyMap<string, string>,
): boolean {
  const given = Buffer.from(signature);
  const body = [...fields]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}${value}`)
    .join('');
  const isMadeOver = (address: string): boolean => {
    const made = Buffer.from(createHmac('sha1', token).update(`${address}${body}`).digest('base64'));
    return given.length === made.length && timingSafeEqual(given, made);
  };
  const portless = url.replace(/^(https?:\/\/[^/]+?):\d+(?=\/)/, '$1');
  return isMadeOver(url) || isMadeOver(portless);
}
