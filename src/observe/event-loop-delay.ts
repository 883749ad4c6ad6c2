import type { Clock } from '../clock.ts';
import { Timings } from '../figures/timings.ts';

/** How often the event loop is looked at, in milliseconds. */
const every = 100;

/** How late the event loop gets to what is due: packets wait as long. Sampled ten times a second, which costs nothing that can be measured. */
export class EventLoopDelay {
  readonly delays = new Timings();
  readonly #timer: NodeJS.Timeout;

  constructor(clock: Clock) {
    let due = clock.monotonic() + every;
    this.#timer = setInterval(() => {
      const now = clock.monotonic();
      this.delays.add(Math.max(0, now - due));
      due = now + every;
    }, every).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
