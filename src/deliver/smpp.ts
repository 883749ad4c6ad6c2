import smpp, { type Pdu, type Session } from 'smpp';
import type { Clock } from '../clock.ts';
import { refused, refusedToAll, unsure, type Channel, type Message, type SendResult } from './channel.ts';
import { incomingTextOf, receiptOf } from './deliver-sm.ts';
import type { OnText } from './incoming-text.ts';
import { shortMessages } from './short-messages.ts';
import { statusWords } from './smpp-status.ts';
import { sourceOf, submitOne } from './submit-sm.ts';

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
  /** What answers come to; undefined if none are taken, and then the connection need not stay. */
  readonly answers: SmppAnswers | undefined;
  readonly clock: Clock;
}

export interface SmppAnswers {
  readonly onText: OnText;
  /** Told why texts can't come in, or words could not be sent back. */
  readonly onTrouble: (why: string) => void;
}

/** `command_status` of an answer: come again later (ESME_RX_T_APPN). */
const later = 0x64;
/** Texts that are looked at at once; further ones are to come again. */
const mostTexts = 20;
/** A text that a phone wrote, put together by the server, is up to 64 KB (`message_payload`): it must not break the connection. */
smpp.PDU.maxLength = 72 * 1024;

/** Between tries to bind, where texts are to come in, and how long one may take; in milliseconds. */
const firstPause = 1_000;
const longestPause = 60_000;
const bindPatience = 10_000;

/**
 * SMPP 3.4: one connection, bound as a transceiver, that stays as long as it works and is made anew by the next message; at once where texts are to come
 * in by it. Texts that come are the server's word, which the bind and TLS vouch for.
 */
export class SmppChannel implements Channel {
  readonly #options: SmppOptions;
  #session: Promise<Session> | undefined;
  #live: Session | undefined;
  #reference = 0;
  #closed = false;
  #texts = 0;
  #binder: NodeJS.Timeout | undefined;
  #pause = firstPause;

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

  open(): void {
    if (!this.#options.answers || this.#closed) return;
    this.#bound(bindPatience).then(
      () => (this.#pause = firstPause),
      (error: unknown) => {
        if (this.#closed) return;
        const why = error instanceof Error ? error.message : 'unknown';
        this.#options.answers?.onTrouble(`no answers can come in: ${why}; tried again in ${this.#pause / 1000} s`);
        this.#openLater();
      },
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#binder);
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

  #openLater(): void {
    if (!this.#options.answers || this.#closed) return;
    clearTimeout(this.#binder);
    this.#binder = setTimeout(() => this.open(), this.#pause).unref();
    this.#pause = Math.min(2 * this.#pause, longestPause);
  }

  async #submit(message: Message, patience: number, progress: { submitted: boolean }): Promise<SendResult> {
    let session: Session;
    try {
      session = await this.#bound(patience);
    } catch (error) {
      return refusedToAll(error instanceof Error ? error.message : 'unknown');
    }
    const { coding, segments } = shortMessages(message.text, this.#reference++ % 256);
    let first: SendResult | undefined;
    const route = { to: message.to, source: sourceOf(message.from ?? '') };
    for (const segment of segments) {
      const result = await submitOne(session, route, segment, coding, () => (progress.submitted = true));
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
          (pdu) => {
            // What the server has kept comes at once, in the same octets perhaps.
            if (pdu.command_status === 0) this.#attend(session);
            resolve(pdu);
          },
        ),
      );
      const { command_status: status } = await Promise.race([bound, over]);
      if (status !== 0) throw new Error(statusWords(status));
    } catch (error) {
      session.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return session;
  }

  /** Keeps the connection alive, and answers what the server sends. */
  #attend(session: Session): void {
    const { enquireEvery } = this.#options;
    let unanswered = 0;
    const timer = setInterval(() => {
      // Two in a row without an answer: the server or the way to it is gone.
      if (unanswered++ >= 2) session.destroy();
      else session.enquire_link(() => (unanswered = 0));
    }, enquireEvery).unref();
    session.once('close', () => {
      clearInterval(timer);
      this.#openLater();
    });
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('deliver_sm', (pdu: Pdu) => void this.#delivered(session, pdu));
  }

  /** Answers what the server delivers, always: once what came of it is written down. */
  async #delivered(session: Session, pdu: Pdu): Promise<void> {
    const { onReceipt, answers, clock } = this.#options;
    const receipt = receiptOf(pdu);
    const text = receipt || !answers ? undefined : incomingTextOf(pdu, clock.wall());
    if (!text || !answers) {
      session.send(pdu.response());
      if (receipt) onReceipt(...receipt);
      return;
    }
    if (this.#texts >= mostTexts) return void session.send(pdu.response({ command_status: later }));
    this.#texts++;
    let words: string | null;
    try {
      words = await answers.onText(text);
    } catch {
      return void session.send(pdu.response({ command_status: later }));
    } finally {
      this.#texts--;
    }
    session.send(pdu.response());
    if (words === null) return;
    const why = await this.#say(session, words, pdu, text.from);
    if (why !== undefined) answers.onTrouble(`an explanation was not sent: ${why}`);
  }

  /** Sends words to who wrote, from the number that was written to. @returns why it was not taken */
  async #say(session: Session, words: string, pdu: Pdu, to: string): Promise<string | undefined> {
    const { coding, segments } = shortMessages(words, this.#reference++ % 256);
    const source = {
      source_addr_ton: pdu.dest_addr_ton ?? 0,
      source_addr_npi: pdu.dest_addr_npi ?? 0,
      source_addr: pdu.destination_addr ?? '',
    };
    for (const segment of segments) {
      const result = await submitOne(session, { to, source }, segment, coding, () => undefined);
      if (result.kind !== 'sent') return result.why;
    }
    return undefined;
  }
}
