import type { Fields, Pdu, Session } from 'smpp';
import { refusedToAll, unsure, type SendResult } from './channel.ts';
import { connectSmpp, type SmppServer } from './smpp-connect.ts';
import { statusWords } from './smpp-status.ts';
import { submitResult } from './submit-sm.ts';

export interface SmppAccount {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
}

export interface SmppSessionOptions extends SmppServer, SmppAccount {
  /** How often the idle connection is tried, in milliseconds. */
  readonly enquireEvery: number;
  /** Told of each deliver_sm and data_sm; it is answered once the promise settles. One that rejects is to come again. */
  readonly onDelivery: (pdu: Pdu) => Promise<void>;
}

/** `command_status`, SMPP 3.4 §5.1.3: no such command (ESME_RINVCMDID), and come again later (ESME_RX_T_APPN). */
const noSuchCommand = 0x03;
const later = 0x64;
/** Messages that the server has not answered, and octets that it has not read: it is of no use, and nobody waits for them any more. */
const mostUnanswered = 1_000;
const mostUnread = 1024 * 1024;
/** How long the server may take to close its end, in milliseconds. */
const closePatience = 1_000;

/** One connection to an SMSC, SMPP 3.4 §2.2: connected, bound as a transceiver, ended, each once. */
export class SmppSession {
  /** Settles, once it has ended, with why. */
  readonly ended: Promise<string>;
  readonly #options: SmppSessionOptions;
  readonly #session: Session;
  readonly #unanswered = new Set<(result: SendResult) => void>();
  #isBound = false;
  #enquirer: NodeJS.Timeout | undefined;
  /** Why it is ended, the first of it. */
  #why: string | undefined;

  /** Begins to connect. @throws Error if `ca` can't be used */
  constructor(options: SmppSessionOptions) {
    this.#options = options;
    this.#session = connectSmpp(options);
    // Errors of the socket, and of PDUs that can't be read: nothing more comes of this session.
    this.#session.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(`the connection failed (${error.code ?? error.message})`),
    );
    this.ended = new Promise((resolve) =>
      this.#session.once('close', () => {
        for (const settle of this.#unanswered) settle(unsure('the connection broke before it answered'));
        resolve(this.#why ?? 'the connection was closed');
      }),
    );
  }

  /** Whether anything can still be sent. */
  get isOpen(): boolean {
    return this.#session.socket.writable;
  }

  /** bind_transceiver, §4.1.5, once it is connected. @throws Error that says why the session has ended instead */
  async bind(patience: number): Promise<void> {
    const timer = setTimeout(() => this.#end(`no answer to the bind within ${patience / 1000} s`), patience);
    const over = this.ended.then((why): never => {
      throw new Error(why);
    });
    try {
      await Promise.race([this.#bound(), over]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** submit_sm, §4.4. @param onSubmitted called once it has left */
  submit(fields: Fields, onSubmitted: () => void): Promise<SendResult> {
    return new Promise((resolve) => {
      const settle = (result: SendResult): void => {
        this.#unanswered.delete(settle);
        resolve(result);
      };
      this.#unanswered.add(settle);
      if (!this.#session.submit_sm(fields, (pdu) => settle(submitResult(pdu))))
        return settle(refusedToAll('the connection is gone'));
      onSubmitted();
      if (this.#unanswered.size > mostUnanswered) this.#end(`it answers no messages, ${mostUnanswered} in all`);
    });
  }

  /** Unbinds, §4.2, and ends. */
  async close(): Promise<void> {
    if (!this.#isBound || !this.#session.unbind(() => this.#session.close())) this.#session.destroy();
    this.#endLater();
    await this.ended;
  }

  #bound(): Promise<void> {
    const { tls, systemId, password, systemType } = this.#options;
    const bind = { system_id: systemId, password, system_type: systemType, interface_version: 0x34 };
    return new Promise((resolve) =>
      this.#session.once(tls ? 'secureConnect' : 'connect', () =>
        this.#session.bind_transceiver(bind, ({ command, command_status: status }) => {
          if (command !== 'bind_transceiver_resp' || status !== 0) return this.#end(statusWords(status));
          // What the server has kept comes at once, in the same octets perhaps.
          this.#attend();
          resolve();
        }),
      ),
    );
  }

  /** Keeps the connection alive, and answers what the server sends. */
  #attend(): void {
    this.#isBound = true;
    let unanswered = 0;
    this.#enquirer = setInterval(() => {
      // Two in a row without an answer: the server or the way to it is gone.
      if (unanswered++ >= 2) this.#end('it does not answer (enquire_link)');
      else this.#session.enquire_link(() => (unanswered = 0));
    }, this.#options.enquireEvery).unref();
    void this.ended.then(() => clearInterval(this.#enquirer));
    this.#session.on('pdu', (pdu: Pdu) => this.#take(pdu));
  }

  /** What the server sends by itself. Nothing may be thrown here: npm smpp would not catch it, and the process would end. */
  #take(pdu: Pdu): void {
    if (pdu.isResponse()) return;
    switch (pdu.command) {
      case 'enquire_link':
        return this.#answer(pdu, 0);
      case 'unbind':
        this.#why ??= 'it has unbound';
        this.#answer(pdu, 0);
        this.#session.close();
        return this.#endLater();
      case 'deliver_sm':
      case 'data_sm':
        this.#options.onDelivery(pdu).then(
          () => this.#answer(pdu, 0),
          () => this.#answer(pdu, later),
        );
        return;
      // They have no answer, §4.12.1 and §4.1.7.1: npm smpp throws where one is made.
      case 'alert_notification':
      case 'outbind':
        return;
      // What no client is asked; and what npm smpp does not know, whose answer it makes a generic_nack, §4.3.1.
      default:
        this.#answer(pdu, noSuchCommand);
    }
  }

  #answer(pdu: Pdu, status: number): void {
    if (this.#session.socket.writableLength > mostUnread) return this.#end('it does not read what it is sent');
    this.#session.send(pdu.response(status === 0 ? {} : { command_status: status }));
  }

  /** Once the server has closed its end, or has had its time to. */
  #endLater(): void {
    clearInterval(this.#enquirer);
    setTimeout(() => this.#session.destroy(), closePatience).unref();
  }

  #end(why: string): void {
    this.#why ??= why;
    this.#session.destroy();
  }
}
