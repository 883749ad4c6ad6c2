import type { Clock } from '../../src/clock.ts';

/** Two clocks that stand still until a test moves them, apart from each other. */
export class FakeClock implements Clock {
  #wall: number;
  #monotonic: number;

  /** @param wall milliseconds since 1970 UTC */
  constructor(wall = Date.UTC(2024, 0, 1, 12), monotonic = 5_000_000) {
    this.#wall = wall;
    this.#monotonic = monotonic;
  }

  wall(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Time passes, on both. */
  pass(milliseconds: number): void {
    this.#wall += milliseconds;
    this.#monotonic += milliseconds;
  }

  /** An administrator or NTP sets the wall clock, by so much. */
  stepWall(milliseconds: number): void {
    this.#wall += milliseconds;
  }
}
