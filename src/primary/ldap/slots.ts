import { LdapTrouble } from './ldap-error.ts';
import type { TimeLeft } from './connection.ts';

interface Waiting {
  readonly start: () => void;
}

/** Lets a few go on at once; who waits is let on in turn, or told that it took too long. */
export class Slots {
  #free: number;
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];

  constructor(slots: number, maxWaiting: number) {
    this.#free = slots;
    this.#maxWaiting = maxWaiting;
  }

  /** @throws LdapTrouble if its turn did not come in time */
  async run<T>(left: TimeLeft, task: () => Promise<T>): Promise<T> {
    await this.#turn(left());
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next.start();
      else this.#free++;
    }
  }

  async #turn(milliseconds: number): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.length >= this.#maxWaiting) throw new LdapTrouble('has too many questions outstanding');
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new LdapTrouble('has too many questions outstanding'));
      }, milliseconds);
      this.#waiting.push(waiting);
    });
  }
}
