import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import smpp, { type Fields, type Pdu, type Session } from 'smpp';
import { within } from './deadline.ts';
import { Journal } from './journal.ts';

interface SmscTls {
  readonly key?: Buffer;
  readonly cert?: Buffer;
}

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
  /** All that clients sent. */
  readonly pdus = new Journal<Pdu>();
  readonly texts = new Journal<SubmittedText>();
  /** Binds are answered once it settles. */
  mayBind: Promise<void> = Promise.resolve();
  /** What comes of a submit_sm; undefined for no answer. */
  onSubmit: (pdu: Pdu, session: Session) => Fields | undefined = () => ({ message_id: `m${this.#submitted++}` });
  readonly #server: Server;
  readonly #sessions = new Set<Session>();
  #submitted = 0;

  private constructor(password: string, tls: SmscTls) {
    this.#server = smpp.createServer(tls, (session) => this.#serve(session, password));
  }

  /** @param password of whoever binds @param tls its certificate, if it speaks TLS */
  static async start(password: string, tls: SmscTls = {}): Promise<Smsc> {
    const smsc = new Smsc(password, tls);
    smsc.#server.listen(0, '127.0.0.1');
    await once(smsc.#server, 'listening');
    return smsc;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What the last message was called when it was taken. */
  get lastId(): string {
    return `m${this.#submitted - 1}`;
  }

  /** A connection that is bound. */
  bound(): Promise<Session> {
    return this.binds.waitFor((each) => !each.socket.destroyed, 'a bind');
  }

  /** Hands a message over by a connection that is bound. @returns the status of its answer */
  async deliver(fields: Fields, by: 'deliver_sm' | 'data_sm' = 'deliver_sm'): Promise<number> {
    const session = await this.bound();
    const answered = new Promise<Pdu>((resolve) => void session[by](fields, resolve));
    const { command, command_status: status } = await within(10_000, `the answer to a ${by}`, answered);
    if (command !== `${by}_resp`) throw new Error(`${by} was answered by ${command}`);
    return status;
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
    session.on('pdu', (pdu: Pdu) => this.pdus.add(pdu));
    session.on('close', () => this.#sessions.delete(session));
    const answerBind = (pdu: Pdu): boolean => {
      const isRight = pdu.password === password;
      session.send(pdu.response(isRight ? { system_id: 'smsc' } : { command_status: 0x0e }));
      return isRight;
    };
    const bind = async (pdu: Pdu): Promise<void> => {
      await this.mayBind;
      if (answerBind(pdu)) this.binds.add(session);
    };
    session.on('bind_transceiver', (pdu: Pdu) => void bind(pdu));
    session.on('bind_transmitter', answerBind);
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('submit_sm', (pdu: Pdu) => {
      const answer = this.onSubmit(pdu, session);
      if (answer) session.send(pdu.response({ ...answer }));
      const { destination_addr: to = '', source_addr: from = '', short_message: message } = pdu;
      this.texts.add({ to, from, text: String(message?.message ?? '') });
    });
  }
}
