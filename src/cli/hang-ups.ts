/** SIGHUP, which by default ends a process, and systemd takes that for a clean end: caught from the start on, before anyone can do what it asks for. */
export class HangUps {
  #early = false;
  #do: (() => void) | undefined;

  constructor() {
    process.on('SIGHUP', () => {
      if (this.#do) this.#do();
      else this.#early = true;
    });
  }

  /** Does it at each from now on; and at once, if any came before. */
  deliver(to: () => void): void {
    this.#do = to;
    if (this.#early) to();
    this.#early = false;
  }
}
