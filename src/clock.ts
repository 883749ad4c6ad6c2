/** The two clocks. Nothing else in radgate reads the time: it is passed to what needs it. */
export interface Clock {
  /** Milliseconds since 1970 UTC. Steps when the administrator or NTP steps it: for codes, logs and rows only. */
  wall(): number;
  /** Milliseconds that never step, the same in every process of this host since it was booted (CLOCK_MONOTONIC): for all time-outs. */
  monotonic(): number;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
};
