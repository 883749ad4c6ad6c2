/** How many requests are being worked on, and when none is. */
export class UnderWay {
  readonly #within: UnderWay | undefined;
  #count = 0;
  #idle: (() => void)[] = [];

  /** @param within counts these too, beside others */
  constructor(within?: UnderWay) {
    this.#within = within;
  }

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count++;
    this.#within?.begin();
  }

  end(): void {
    this.#count--;
    this.#within?.end();
    if (this.#count === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves once there is none. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
