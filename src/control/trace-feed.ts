import type { Socket } from 'node:net';
import type { TraceEvent } from '../trace/trace-event.ts';

/** What waits for one reader at most, in octets. */
const maxWaiting = 1024 * 1024;

/** Writes events to a socket, a line each. A reader that is slow loses some and is told how many; nobody waits for it. */
export class TraceFeed {
  readonly #socket: Socket;
  #lost = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => this.#tellLost());
  }

  tell(event: TraceEvent): void {
    const line = `${JSON.stringify(event)}\n`;
    if (this.#socket.writableLength + Buffer.byteLength(line) > maxWaiting) {
      this.#lost++;
      return;
    }
    this.#tellLost();
    this.#socket.write(line);
  }

  #tellLost(): void {
    if (this.#lost === 0) return;
    const lost: TraceEvent = { event: 'lost', count: this.#lost };
    this.#lost = 0;
    this.#socket.write(`${JSON.stringify(lost)}\n`);
  }
}
