import type { Session } from 'smpp';
import { refused, unsure, type SendResult } from './channel.ts';
import type { Segment } from './short-messages.ts';
import { isBusy, isPermanent, statusWords } from './smpp-status.ts';

/** How long a busy server is left alone, in milliseconds. */
const pause = 2_000;

/** Hands one short message to the server. @param onSubmitted called once it has left */
export function submitOne(
  session: Session,
  { to, source }: { readonly to: string; readonly source: Source },
  { octets, hasHeader }: Segment,
  coding: number,
  onSubmitted: () => void,
): Promise<SendResult> {
  return new Promise((resolve) => {
    const onClose = (): void => resolve(unsure('the connection broke before it answered'));
    session.once('close', onClose);
    const sent = session.submit_sm(
      {
        ...source,
        // International, in E.164: §5.2.5, §5.2.6.
        dest_addr_ton: 1,
        dest_addr_npi: 1,
        destination_addr: to.replace(/^\+/, ''),
        esm_class: hasHeader ? 0x40 : 0,
        registered_delivery: 1,
        data_coding: coding,
        short_message: octets,
      },
      ({ command_status: status, message_id: id }) => {
        session.off('close', onClose);
        if (status === 0) resolve({ kind: 'sent', providerId: id === undefined || id === '' ? null : id });
        else resolve(refused(statusWords(status), isPermanent(status), isBusy(status) ? pause : undefined));
      },
    );
    if (sent) return onSubmitted();
    session.off('close', onClose);
    resolve(refused('the connection is gone', false));
  });
}

/** As a PDU has it. */
export type Source = Readonly<Record<string, string | number>>;

/** A number in E.164, a short code, or a name of up to 11 characters. */
export function sourceOf(from: string): Source {
  if (from === '') return {};
  if (/^\+[0-9]+$/.test(from)) return { source_addr_ton: 1, source_addr_npi: 1, source_addr: from.slice(1) };
  if (/^[0-9]+$/.test(from)) return { source_addr_ton: 3, source_addr_npi: 0, source_addr: from };
  return { source_addr_ton: 5, source_addr_npi: 0, source_addr: from };
}
