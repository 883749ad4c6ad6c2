import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import smpp, { type Fields, type Pdu, type Session } from 'smpp';
import { within } from './deadline.ts';
import { Journal } from './journal.ts';

/** A text that a client submitted. */
export interface SubmittedText {
  readonly to: string;
  readonly from: string;
  readonly text: string;
}

/** An SMSC over SMPP 3.4 on loopback. */
export class Smsc {
  /** Each bind, with its session. */
  readonly binds = new Journal<Session>();
  readonly texts = new Journal<SubmittedText>();
  readonly #server: Server;
  readonly #sessions = new Set<Session>();
  #submitted = 0;

  private constructor(password: string) {
    this.#server = smpp.createServer((session) => this.#serve(session, password));
  }

  /** @param password of whoever binds */
  static async start(password: string): Promise<Smsc> {
    const smsc = new Smsc(password);
    smsc.#server.listen(0, '127.0.0.1');
    await once(smsc.#server, 'listening');
    return smsc;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Hands a deliver_sm over by the last connection that was bound. @returns the status of its answer */
  async deliver(fields: Fields): Promise<number> {
    const session = await this.binds.waitFor((each) => !each.socket.destroyed, 'a bind');
    const answered = new Promise<Pdu>((resolve) => void session.deliver_sm(fields, resolve));
    return (await within(10_000, 'the answer to a deliver_sm', answered)).command_status;
  }

  /** Breaks all connections. */
  drop(): void {
    for (const session of this.#sessions) session.destroy();
  }

  async stop(): Promise<void> {
    this.drop();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(session: Session, password: string): void {
    this.#sessions.add(session);
    session.on('error', () => session.destroy());
    session.on('close', () => this.#sessions.delete(session));
    const answerBind = (pdu: Pdu): boolean => {
      const isRight = pdu.password === password;
      session.send(pdu.response(isRight ? { system_id: 'smsc' } : { command_status: 0x0e }));
      return isRight;
    };
    session.on('bind_transceiver', (pdu: Pdu) => {
      if (answerBind(pdu)) this.binds.add(session);
    });
    session.on('bind_transmitter', answerBind);
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('submit_sm', (pdu: Pdu) => {
      session.send(pdu.response({ message_id: `m${this.#submitted++}` }));
      const { destination_addr: to = '', source_addr: from = '', short_message: message } = pdu;
      this.texts.add({ to, from, text: String(message?.message ?? '') });
    });
  }
}
