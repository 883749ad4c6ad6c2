import smpp, { type Pdu, type Session } from 'smpp';
import { refused, unsure, type Channel, type Message, type SendResult } from './channel.ts';
import { shortMessages, type Segment } from './short-messages.ts';

export interface SmppOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** PEM of the authority that the server's certificate is of; undefined for those that Node knows. */
  readonly ca: string | undefined;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** How often the idle connection is tried, in milliseconds. */
  readonly enquireEvery: number;
  /** Told of each delivery receipt. */
  readonly onReceipt: (providerId: string, status: string) => void;
}

/** `command_status` of SMPP 3.4 §5.1.3 that mean this recipient and no other: the number, or a message refused for good. */
const permanent = new Map([
  [0x0b, 'it does not take this number (ESME_RINVDSTADR)'],
  [0x50, 'it does not take this number (ESME_RINVDSTTON)'],
  [0x51, 'it does not take this number (ESME_RINVDSTNPI)'],
  [0x65, 'it refuses this message for good (ESME_RX_P_APPN)'],
]);
const temporary = new Map([
  [0x08, 'a system error of its own (ESME_RSYSERR)'],
  [0x0a, 'it does not take this sender (ESME_RINVSRCADR)'],
  [0x0d, 'it refuses the bind (ESME_RBINDFAIL)'],
  [0x0e, 'it does not accept this password (ESME_RINVPASWD)'],
  [0x0f, 'it does not know this system_id (ESME_RINVSYSID)'],
  [0x14, 'its queue is full (ESME_RMSGQFUL)'],
  [0x58, 'it wants fewer messages (ESME_RTHROTTLED)'],
]);
const busy = new Set([0x14, 0x58]);
/** How long a busy server is left alone, in milliseconds. */
const pause = 2_000;

/** SMPP 3.4: one connection, bound as a transceiver, that stays as long as it works and is made anew by the next message. */
export class SmppChannel implements Channel {
  readonly #options: SmppOptions;
  #session: Promise<Session> | undefined;
  #live: Session | undefined;
  #reference = 0;
  #closed = false;

  constructor(options: SmppOptions) {
    this.#options = options;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    if (this.#closed) return refused('it is being closed', false);
    let timer: NodeJS.Timeout | undefined;
    const progress = { submitted: false };
    const late = new Promise<SendResult>((resolve) => {
      timer = setTimeout(() => {
        const why = `no answer within ${Math.round(patience / 1000)} s`;
        resolve(progress.submitted ? unsure(why) : refused(why, false));
      }, patience);
    });
    try {
      return await Promise.race([this.#submit(message, patience, progress), late]);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown';
      return progress.submitted ? unsure(why) : refused(why, false);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const session = this.#live;
    if (!session) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => session.destroy(), 1_000);
      session.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      if (!session.unbind(() => session.close())) session.destroy();
    });
  }

  async #submit(message: Message, patience: number, progress: { submitted: boolean }): Promise<SendResult> {
    const session = await this.#bound(patience);
    const { coding, segments } = shortMessages(message.text, this.#reference++ % 256);
    let first: SendResult | undefined;
    for (const segment of segments) {
      const result = await submitOne(session, message, segment, coding, () => (progress.submitted = true));
      if (!first) {
        if (result.kind !== 'sent') return result;
        first = result;
      } else if (result.kind !== 'sent') return unsure(`a part of the text was not taken: ${result.why}`);
    }
    return first ?? refused('the text is empty', true);
  }

  /** The session that messages go through; several that ask at once wait for the same one. */
  #bound(patience: number): Promise<Session> {
    if (this.#live && !this.#live.socket.writable) this.#live.destroy();
    this.#session ??= this.#bind(patience).catch((error: unknown) => {
      this.#session = undefined;
      throw error;
    });
    return this.#session;
  }

  async #bind(patience: number): Promise<Session> {
    const { host, port, tls, ca, systemId, password, systemType } = this.#options;
    const session = smpp.connect({ host, port, tls, ...(tls ? { ca, servername: host, minVersion: 'TLSv1.2' } : {}) });
    this.#live = session;
    const over = new Promise<never>((_, reject) => {
      // Errors of the socket, and of PDUs that can't be read: nothing more comes of this session.
      session.on('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(`the connection failed (${error.code ?? error.message})`));
        session.destroy();
      });
      session.once('close', () => {
        if (this.#live === session) {
          this.#live = undefined;
          this.#session = undefined;
        }
        reject(new Error('the connection was closed'));
      });
    });
    // It may fail long after the bind, when nobody waits for it.
    over.catch(() => undefined);
    const timer = setTimeout(() => session.destroy(), patience);
    try {
      await Promise.race([new Promise((resolve) => session.once(tls ? 'secureConnect' : 'connect', resolve)), over]);
      const bound = new Promise<Pdu>((resolve) =>
        session.bind_transceiver(
          { system_id: systemId, password, system_type: systemType, interface_version: 0x34 },
          resolve,
        ),
      );
      const { command_status: status } = await Promise.race([bound, over]);
      if (status !== 0) throw new Error(words(status));
    } catch (error) {
      session.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    this.#attend(session);
    return session;
  }

  /** Keeps the connection alive, and answers what the server sends. */
  #attend(session: Session): void {
    const { enquireEvery, onReceipt } = this.#options;
    let unanswered = 0;
    const timer = setInterval(() => {
      // Two in a row without an answer: the server or the way to it is gone.
      if (unanswered++ >= 2) session.destroy();
      else session.enquire_link(() => (unanswered = 0));
    }, enquireEvery).unref();
    session.once('close', () => clearInterval(timer));
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('deliver_sm', (pdu: Pdu) => {
      session.send(pdu.response());
      const receipt = receiptOf(pdu);
      if (receipt) onReceipt(...receipt);
    });
  }
}

function submitOne(
  session: Session,
  { to, from = '' }: Message,
  { octets, hasHeader }: Segment,
  coding: number,
  onSubmitted: () => void,
): Promise<SendResult> {
  return new Promise((resolve) => {
    const onClose = (): void => resolve(unsure('the connection broke before it answered'));
    session.once('close', onClose);
    const sent = session.submit_sm(
      {
        ...sourceOf(from),
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
        else resolve(refused(words(status), permanent.has(status), busy.has(status) ? pause : undefined));
      },
    );
    if (sent) return onSubmitted();
    session.off('close', onClose);
    resolve(refused('the connection is gone', false));
  });
}

/** A number in E.164, a short code, or a name of up to 11 characters. */
function sourceOf(from: string): Readonly<Record<string, string | number>> {
  if (from === '') return {};
  if (/^\+[0-9]+$/.test(from)) return { source_addr_ton: 1, source_addr_npi: 1, source_addr: from.slice(1) };
  if (/^[0-9]+$/.test(from)) return { source_addr_ton: 3, source_addr_npi: 0, source_addr: from };
  return { source_addr_ton: 5, source_addr_npi: 0, source_addr: from };
}

/** What a delivery receipt says: SMPP 3.4 appendix B, and its optional parameter. */
function receiptOf(pdu: Pdu): [id: string, status: string] | undefined {
  if (((pdu.esm_class ?? 0) & 0x3c) !== 0x04) return undefined;
  const text = String(pdu.short_message?.message ?? '');
  const id = pdu.receipted_message_id ?? /\bid:(\S+)/.exec(text)?.[1];
  const status = /\bstat:([A-Z]{1,10})/.exec(text)?.[1];
  return id === undefined || status === undefined ? undefined : [id, status];
}

function words(status: number): string {
  return (
    permanent.get(status) ??
    temporary.get(status) ??
    `it refuses it with status 0x${status.toString(16).padStart(8, '0')}`
  );
}
