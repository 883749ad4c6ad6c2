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

/** The token of the whole account, with which Twilio signs. */
export const accountToken = 'token-of-the-whole-account';

/** A `[[provider]]` that takes the gateway at `url` for Twilio. */
export function twilioProvider(name: string, channel: 'sms' | 'voice', url: string): string {
  return `[[provider]]
name = "${name}"
type = "twilio"
channel = ["${channel}"]
account_sid = "AC${'0'.repeat(32)}"
auth_token = "secret-of-the-key"
answers_token = "${accountToken}"
sender = ["+15551234567"]
url = "${url}"
`;
}
