import { incomingNumber } from '../deliver/incoming-text.ts';
import { twimlAnswer } from '../deliver/twilio.ts';
import { isTwilioSignature } from '../deliver/twilio-signature.ts';
import type { TextProtocol } from './text-protocol.ts';

/** Texts as Twilio posts them: https://www.twilio.com/docs/messaging/guides/webhook-request. @param token by which it signs */
export function twilioTexts(token: Uint8Array): TextProtocol {
  return {
    read: ({ url, header, body }) => {
      const entries = [...new URLSearchParams(Buffer.from(body).toString())];
      const fields = new Map(entries);
      // A field that comes twice is signed by nobody's rules.
      if (fields.size !== entries.length) return 'forged';
      if (!isTwilioSignature(header('x-twilio-signature') ?? '', token, url, fields)) return 'forged';
      const id = fields.get('MessageSid') ?? '';
      const from = fields.get('From') ?? '';
      return id === '' || !incomingNumber.test(from) ? undefined : { id, from, body: fields.get('Body') ?? '' };
    },
    reply: (words) => ({ type: 'text/xml; charset=utf-8', body: twimlAnswer(words) }),
  };
}
