import type { Pdu } from 'smpp';
import type { Clock } from '../clock.ts';
import { refused, refusedToAll, unsure, type Channel, type Message, type SendResult } from './channel.ts';
import { incomingTextOf, receiptOf, type DeliveryReceipt } from './deliver-sm.ts';
import type { OnText } from './incoming-text.ts';
import { shortMessages } from './short-messages.ts';
import type { SmppServer } from './smpp-connect.ts';
import { SmppSession, type SmppAccount } from './smpp-session.ts';
import { sourceOf, submitSm, type Route } from './submit-sm.ts';

export interface SmppOptions extends SmppServer, SmppAccount {
  /** How often the idle connection is tried, in milliseconds. */
  readonly enquireEvery: number;
  /** Keeps a delivery receipt; one that rejects is to come again. */
  readonly onReceipt: (receipt: DeliveryReceipt) => Promise<void>;
  /** What answers come to; undefined if none are taken, and then the connection need not stay. */
  readonly onText: OnText | undefined;
  /** Told why the connection broke, why texts can't come in, or words could not be sent back. */
  readonly onTrouble: (why: string) => void;
  readonly clock: Clock;
}

/** What is looked at at once; further ones are to come again. */
const most = { texts: 20, receipts: 100 } as const;

/** Between tries to bind, where texts are to come in; in milliseconds. */
const firstPause = 1_000;
const longestPause = 60_000;
/** A session that lasted so long worked: the next try follows at once again. In milliseconds. */
const steady = 60_000;
/** How long a bind, and words that are sent back, may take, in milliseconds. */
const bindPatience = 10_000;
const wordsPatience = 5_000;

/** How far a message has come. */
interface Progress {
  isSubmitted: boolean;
  /** What came of it has been told: nothing more of it may be submitted. */
  isLate: boolean;
}

/**
 * SMPP 3.4: one connection, bound as a transceiver, that stays as long as it works and is made anew by the next message; at once where texts are to come
 * in by it. Texts that come are the server's word, which the bind and TLS vouch for.
 */
export class SmppChannel implements Channel {
  readonly #options: SmppOptions;
  /** The last one that was begun. */
  #session: SmppSession | undefined;
  #bound: Promise<SmppSession> | undefined;
  #reference = 0;
  #closed = false;
  readonly #looking = { texts: 0, receipts: 0 };
  #binder: NodeJS.Timeout | undefined;
  #pause = firstPause;

  constructor(options: SmppOptions) {
    this.#options = options;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    if (this.#closed) return refused('it is being closed', false);
    return inTime(patience, async (progress) => {
      let session: SmppSession;
      try {
        session = await this.#ready();
      } catch (error) {
        return refusedToAll(wordsOf(error));
      }
      const route = { to: message.to, source: sourceOf(message.from ?? '') };
      return this.#submit(session, route, message.text, progress);
    });
  }

  open(): void {
    if (!this.#options.onText || this.#closed) return;
    this.#ready().catch((error: unknown) => {
      if (!this.#closed) this.#openLater(wordsOf(error));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#binder);
    await this.#session?.close();
  }

  #openLater(why: string): void {
    this.#options.onTrouble(`no answers can come in: ${why}; tried again in ${this.#pause / 1000} s`);
    clearTimeout(this.#binder);
    this.#binder = setTimeout(() => this.open(), this.#pause).unref();
    this.#pause = Math.min(2 * this.#pause, longestPause);
  }

  /** A text as one message, or as parts that follow each other. */
  async #submit(session: SmppSession, route: Route, text: string, progress: Progress): Promise<SendResult> {
    const { coding, segments } = shortMessages(text, this.#reference++ % 256);
    let first: SendResult | undefined;
    for (const segment of segments) {
      // Whoever asked has been told that it was refused, or may not have arrived.
      if (progress.isLate) break;
      const result = await session.submit(submitSm(route, segment, coding), () => (progress.isSubmitted = true));
      if (!first) {
        if (result.kind !== 'sent') return result;
        first = result;
      } else if (result.kind !== 'sent') return unsure(`a part of the text was not taken: ${result.why}`);
    }
    return first ?? refused('the text is empty', true);
  }

  /** The session that messages go through; several that ask at once wait for the same one, however patient each is. */
  #ready(): Promise<SmppSession> {
    if (this.#session && !this.#session.isOpen) {
      void this.#session.close();
      this.#bound = undefined;
    }
    if (this.#bound) return this.#bound;
    const bound = this.#bind();
    this.#bound = bound;
    const forget = (): void => {
      if (this.#bound === bound) this.#bound = undefined;
    };
    bound.then((session) => session.ended).then(forget, forget);
    return bound;
  }

  async #bind(): Promise<SmppSession> {
    const { clock } = this.#options;
    const onDelivery = (pdu: Pdu): Promise<void> => this.#delivered(session, pdu);
    const session: SmppSession = new SmppSession({ ...this.#options, onDelivery });
    this.#session = session;
    await session.bind(bindPatience);
    const since = clock.monotonic();
    void session.ended.then((why) => this.#broke(why, clock.monotonic() - since));
    return session;
  }

  /** @param lasted how long it was bound, in milliseconds */
  #broke(why: string, lasted: number): void {
    if (this.#closed) return;
    if (lasted >= steady) this.#pause = firstPause;
    if (this.#options.onText) this.#openLater(why);
    else this.#options.onTrouble(`${why}; the next message makes another connection`);
  }

  /** Looks at what the server delivers: settles once what came of it is written down, and rejects if it is to come again. */
  async #delivered(session: SmppSession, pdu: Pdu): Promise<void> {
    const { onReceipt, onText, clock } = this.#options;
    const receipt = receiptOf(pdu);
    if (receipt) return this.#look('receipts', () => onReceipt(receipt));
    if (!onText) return;
    const text = incomingTextOf(pdu, clock.wall());
    if (!text) return;
    const words = await this.#look('texts', () => onText(text));
    if (words !== null) void this.#say(session, words, pdu, text.from);
  }

  /** @throws Error if too much is being looked at */
  async #look<T>(what: keyof typeof most, look: () => Promise<T>): Promise<T> {
    if (this.#looking[what] >= most[what]) throw new Error(`${most[what]} ${what} are being looked at`);
    this.#looking[what]++;
    try {
      return await look();
    } finally {
      this.#looking[what]--;
    }
  }

  /** Sends words to who wrote, from the number that was written to. */
  async #say(session: SmppSession, words: string, pdu: Pdu, to: string): Promise<void> {
    const source = {
      source_addr_ton: pdu.dest_addr_ton ?? 0,
      source_addr_npi: pdu.dest_addr_npi ?? 0,
      source_addr: pdu.destination_addr ?? '',
    };
    const said = await inTime(wordsPatience, (progress) => this.#submit(session, { to, source }, words, progress));
    if (said.kind !== 'sent') this.#options.onTrouble(`an explanation was not sent: ${said.why}`);
  }
}

/** Has a message sent, and says after `patience` milliseconds what is known of it if that has not ended. */
async function inTime(patience: number, send: (progress: Progress) => Promise<SendResult>): Promise<SendResult> {
  const progress = { isSubmitted: false, isLate: false };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SendResult>((resolve) => {
    timer = setTimeout(() => {
      progress.isLate = true;
      const time = `within ${Math.round(patience / 1000)} s`;
      // What was not submitted waited for the bind, as any other would have.
      resolve(progress.isSubmitted ? unsure(`no answer ${time}`) : refusedToAll(`it could not be bound to ${time}`));
    }, patience);
  });
  try {
    return await Promise.race([send(progress), late]);
  } catch (error) {
    return progress.isSubmitted ? unsure(wordsOf(error)) : refused(wordsOf(error), false);
  } finally {
    clearTimeout(timer);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
