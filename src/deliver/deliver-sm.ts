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

/** `message_state`, §5.2.28, in the words of appendix B. */
const states = new Map([
  [1, 'ENROUTE'],
  [2, 'DELIVRD'],
  [3, 'EXPIRED'],
  [4, 'DELETED'],
  [5, 'UNDELIV'],
  [6, 'ACCEPTD'],
  [7, 'UNKNOWN'],
  [8, 'REJECTD'],
]);

/** What became of a message. */
export interface DeliveryReceipt {
  /** How the server may have called it when it took it, likeliest first. */
  readonly ids: readonly string[];
  /** Such as "DELIVRD". */
  readonly status: string;
}

/**
 * What a delivery receipt says, SMPP 3.4 §2.11: by optional parameters (`receipted_message_id` §5.3.2.12, `message_state` §5.3.2.35), else by its text, as
 * appendix B has it.
 */
export function receiptOf(pdu: Pdu): DeliveryReceipt | undefined {
  const kind = (pdu.esm_class ?? 0) & kindOfMessage;
  if (kind !== receiptOfServer && (kind !== 0 || pdu.receipted_message_id === undefined)) return undefined;
  const text = [pdu.short_message, pdu.message_payload].map((each) => String(each?.message ?? '')).join(' ');
  // Where the NUL behind it is missing, npm smpp reads on into the next parameter, whose tag begins with an octet that no id has.
  const named = /^[!-~]+/.exec(pdu.receipted_message_id ?? '')?.[0];
  const id = named ?? /\bid:(\S+)/.exec(text)?.[1];
  const status = states.get(pdu.message_state ?? 0) ?? /\bstat:([A-Z]{1,10})/.exec(text)?.[1];
  return id === undefined || status === undefined ? undefined : { ids: spellingsOf(id), status };
}

/** Appendix B has ids in decimal, of ten digits; many servers name the message in hexadecimal when they take it, or the other way round. */
function spellingsOf(id: string): string[] {
  const spellings = [id];
  if (/^[0-9]{8,19}$/.test(id)) {
    const value = BigInt(id);
    const hexadecimal = [value.toString(16), value.toString(16).padStart(8, '0')];
    spellings.push(...hexadecimal, ...hexadecimal.map((each) => each.toUpperCase()), value.toString());
  }
  if (/^[0-9a-f]{8,16}$/i.test(id)) {
    const decimal = BigInt(`0x${id}`).toString();
    spellings.push(decimal, decimal.padStart(10, '0'));
  }
  return [...new Set(spellings)];
}

/**
 * A text that somebody wrote, by deliver_sm (SMPP 3.4 §4.6.1) or data_sm (§4.7.1). One whose letters are unknown (`data_coding` §5.2.19), that is part of a longer one, or has an answer's
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
