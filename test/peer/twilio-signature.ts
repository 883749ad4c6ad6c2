import { createHmac } from 'node:crypto';

/** What Twilio signs a form with that it posts to `url`: HMAC-SHA1 over the address and the fields in the order of their names. */
export function twilioSignature(url: string, fields: Readonly<Record<string, string>>, token: string): string {
  const signed = Object.keys(fields)
    .toSorted()
    .map((name) => `${name}${fields[name]}`);
  return createHmac('sha1', token)
    .update(`${url}${signed.join('')}`)
    .digest('base64');
}
