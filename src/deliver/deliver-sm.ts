import { createHash } from 'node:crypto';
import type { Pdu } from 'smpp';
import { incomingNumber, type IncomingText } from './incoming-text.ts';

/** `esm_class`, SMPP 3.4 §5.2.12: what kind of message it is; 0 for one that somebody wrote. */
const kindOfMessage = 0x3c;
const receiptOfServer = 0x04;
/** `ton`, §5.2.5: a number with its country, and one of which the server says nothing, which is one as a rule. */
const withCountry = new Set([0, 1]);
/** Headers that only choose letters, 3GPP TS 23.040 §9.2.3.24.15 and .16: all others belong to long texts, or to what nobody wrote. */
const letterHeaders = new Set([0x24, 0x25]);
/** An answer is far shorter; two texts in one are never one. */
const longest = 160;
/** How long the same words of the same number are the same text, handed over once more: the server gives it no name. In milliseconds. */
const sameFor = 10 * 60_000;

/** What a delivery receipt says: SMPP 3.4 appendix B, and its optional parameter. */
export function receiptOf(pdu: Pdu): [id: string, status: string] | undefined {
  if (((pdu.esm_class ?? 0) & kindOfMessage) !== receiptOfServer) return undefined;
  const text = String(pdu.short_message?.message ?? '');
  const id = pdu.receipted_message_id ?? /\bid:(\S+)/.exec(text)?.[1];
  const status = /\bstat:([A-Z]{1,10})/.exec(text)?.[1];
  return id === undefined || status === undefined ? undefined : [id, status];
}

/**
 * A text that somebody wrote, SMPP 3.4 §4.6.1. One whose letters are unknown (`data_coding` §5.2.19), that is part of a longer one, or has an answer's
 * length many times, has an empty body: it is no answer.
 * @param now milliseconds since 1970 UTC
 * @returns undefined for a receipt or another notice of the server's own, and for what comes from no number with its country
 */
export function incomingTextOf(pdu: Pdu, now: number): IncomingText | undefined {
  if (((pdu.esm_class ?? 0) & kindOfMessage) !== 0 || pdu.receipted_message_id !== undefined) return undefined;
  const from = `+${(pdu.source_addr ?? '').replace(/^\+/, '')}`;
  if (!withCountry.has(pdu.source_addr_ton ?? 0) || !incomingNumber.test(from)) return undefined;
  const parts = [pdu.short_message, pdu.message_payload].filter((each) => each && each.message.length > 0);
  const [part] = parts;
  const isWhole =
    parts.length === 1 &&
    pdu.sar_total_segments === undefined &&
    (part?.udh ?? []).every(([header = 0]) => letterHeaders.has(header));
  // Letters that it does not know npm smpp leaves as octets.
  const body = isWhole && typeof part?.message === 'string' && part.message.length <= longest ? part.message : '';
  const facts = [
    from,
    Math.floor(now / sameFor),
    ...parts.flatMap((each) => [each?.udh?.map(hex), String(each?.message)]),
  ];
  return { id: createHash('sha256').update(JSON.stringify(facts)).digest('base64url'), from, body };
}

function hex(octets: Buffer): string {
  return octets.toString('hex');
}
