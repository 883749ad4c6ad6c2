import type { Fields, Pdu } from 'smpp';
import { refused, type SendResult } from './channel.ts';
import type { Segment } from './short-messages.ts';
import { isBusy, isPermanent, statusWords } from './smpp-status.ts';

/** How long a busy server is left alone, in milliseconds. */
const pause = 2_000;

/** Whom a message is for, and what it comes from. */
export interface Route {
  /** E.164. */
  readonly to: string;
  readonly source: Source;
}

/** As a PDU has it. */
export type Source = Readonly<Record<string, string | number>>;

/** One short message, SMPP 3.4 §4.4.1. */
export function submitSm({ to, source }: Route, { octets, hasHeader }: Segment, coding: number): Fields {
  return {
    ...source,
    // International, in E.164: §5.2.5, §5.2.6.
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: to.replace(/^\+/, ''),
    esm_class: hasHeader ? 0x40 : 0,
    registered_delivery: 1,
    data_coding: coding,
    short_message: octets,
  };
}

/** What the server says of it: submit_sm_resp, §4.4.2, or generic_nack, §4.3.1, which never means that it was taken. */
export function submitResult({ command, command_status: status, message_id: id }: Pdu): SendResult {
  if (command === 'submit_sm_resp' && status === 0)
    return { kind: 'sent', providerId: id === undefined || id === '' ? null : id };
  return refused(statusWords(status), isPermanent(status), isBusy(status) ? pause : undefined);
}

/** A number in E.164, a short code, or a name of up to 11 characters. */
export function sourceOf(from: string): Source {
  if (from === '') return {};
  if (/^\+[0-9]+$/.test(from)) return { source_addr_ton: 1, source_addr_npi: 1, source_addr: from.slice(1) };
  if (/^[0-9]+$/.test(from)) return { source_addr_ton: 3, source_addr_npi: 0, source_addr: from };
  return { source_addr_ton: 5, source_addr_npi: 0, source_addr: from };
}
