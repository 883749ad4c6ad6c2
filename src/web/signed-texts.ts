import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { incomingNumber } from '../deliver/incoming-text.ts';
import { isSigned, signatureHeader } from '../deliver/signature.ts';
import type { TextProtocol } from './text-protocol.ts';

/** The longest text of ten parts (3GPP TS 23.040 §9.2.3.24.1: 153 characters each) is shorter. */
const longestText = 2_000;
const longestId = 200;

const shape = z.object({
  id: z.string().min(1).max(longestId),
  from: z.string().regex(incomingNumber),
  text: z.string().max(longestText),
});

/**
 * Texts as a program of the administrator's own posts them, for any gateway: JSON, signed as this program signs its own webhooks.
 * @param secret by which it signs
 */
export function signedTexts(secret: Uint8Array, clock: Clock): TextProtocol {
  return {
    read: ({ header, body }) => {
      if (!isSigned(header(signatureHeader) ?? '', body, clock.wall(), secret)) return 'forged';
      const read = shape.safeParse(jsonOf(body));
      return read.success ? { id: read.data.id, from: read.data.from, body: read.data.text } : undefined;
    },
    reply: (words) => ({ type: 'application/json; charset=utf-8', body: JSON.stringify({ text: words }) }),
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}
