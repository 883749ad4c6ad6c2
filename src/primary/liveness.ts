/** How a server is asked: alive ones first, suspect ones after them, dead ones when nobody else is left. */
export type Standing = 'alive' | 'suspect' | 'dead';

/** What is known of a server by its answers and silences. Times are milliseconds on the monotonic clock. */
export interface Liveness {
  readonly standing: Standing;
  /** Requests and probes in a row that it left unanswered. */
  readonly silences: number;
  /** Whether one of those was a request: silence to probes alone never makes it dead. */
  readonly confirmed: boolean;
  /** Probes in a row that it answered while it was not alive. */
  readonly good: number;
  readonly answeredAt: number;
  /** Whether it was seen to answer probes. Until then their silence means nothing: NPS never answers Status-Server. */
  readonly answersProbes: boolean;
  /** Since it answered the last one. */
  readonly probesUnanswered: number;
  readonly probeAt: number;
  /** From when on one request may try it as if it were alive. */
  readonly trialAt: number;
}

export type Sign =
  /** A request got an authentic reply, of whatever kind. */
  | { readonly kind: 'answered' }
  /** A request that was first sent at `since` got none. */
  | { readonly kind: 'silent'; readonly since: number }
  /** Its host says that nobody listens, or there is no way to it. */
  | { readonly kind: 'refused' }
  /** A probe is sent. */
  | { readonly kind: 'probing' }
  | { readonly kind: 'probe-answered' }
  | { readonly kind: 'probe-silent'; readonly since: number }
  | { readonly kind: 'probe-refused' }
  /** A request is about to try it, though it is not alive. */
  | { readonly kind: 'trial' };

/** Silences in a row that make a suspect server dead. */
const silencesToDie = 3;
/** Probes answered in a row that make it alive again. */
const answersToLive = 3;
/** Between probes of a server that is not alive, and between those that it has begun to answer, in milliseconds. */
export const probeDownEvery = 3_000;
export const probeRevivingEvery = 1_000;
/** Where probes tell of its return, requests try a dead server so much more seldom. */
const trialsWithProbes = 10;

/** @param probeInterval between probes of a server that is alive, in milliseconds */
export function newlyAlive(now: number, probeInterval: number): Liveness {
  return {
    standing: 'alive',
    silences: 0,
    confirmed: false,
    good: 0,
    answeredAt: -Infinity,
    answersProbes: false,
    probesUnanswered: 0,
    probeAt: now + probeInterval,
    trialAt: now,
  };
}

/**
 * What is known of a server after one more sign. Alive -> suspect by its first silence, suspect -> dead by the third in a row, alive again by the answer to
 * a request or to three probes. A server that answered somebody since a request was sent is not silent: it may have its reasons to drop that one.
 */
export function observe(state: Liveness, sign: Sign, now: number, probeInterval: number): Liveness {
  switch (sign.kind) {
    case 'answered':
      return {
        ...newlyAlive(now, probeInterval),
        answeredAt: now,
        // It answers requests and leaves probes alone: from now on their silence means nothing again.
        answersProbes: state.answersProbes && state.probesUnanswered === 0,
        probeAt: state.standing === 'alive' ? state.probeAt : now + probeInterval,
      };
    case 'silent':
      return state.answeredAt >= sign.since ? state : silenced(state, true, now, probeInterval);
    case 'refused':
      return silenced(state, true, now, probeInterval);
    case 'probing':
      return { ...state, probeAt: now + (state.standing === 'alive' ? probeInterval : downEvery(probeInterval)) };
    case 'probe-answered':
      return probeAnswered(state, now, probeInterval);
    case 'probe-silent': {
      const probed = { ...state, probesUnanswered: state.probesUnanswered + 1 };
      if (state.answeredAt >= sign.since) return state;
      return state.answersProbes ? silenced(probed, false, now, probeInterval) : { ...probed, good: 0 };
    }
    case 'probe-refused':
      return silenced({ ...state, probesUnanswered: state.probesUnanswered + 1 }, false, now, probeInterval);
    case 'trial':
      return { ...state, trialAt: nextTrial(state, now, probeInterval) };
  }
}

/**
 * Whether the next request may hope for an answer: the server is not dead, or nothing but a request tells whether it is back, and one may try it again.
 * Who keeps requests away from radgate for want of hope would else never give it any again.
 */
export function isHopeful({ standing, answersProbes, trialAt }: Liveness, now: number): boolean {
  return standing !== 'dead' || (!answersProbes && now >= trialAt);
}

function silenced(state: Liveness, byRequest: boolean, now: number, probeInterval: number): Liveness {
  const silences = state.silences + 1;
  const confirmed = state.confirmed || byRequest;
  const standing = confirmed && silences >= silencesToDie ? 'dead' : 'suspect';
  const after: Liveness = { ...state, standing, silences, confirmed, good: 0 };
  const probeAt = Math.min(state.probeAt, now + downEvery(probeInterval));
  // Silence to a probe puts no trial off: the request that tries it tells what the probe can't.
  const trialAt = byRequest || state.standing === 'alive' ? nextTrial(after, now, probeInterval) : state.trialAt;
  return { ...after, probeAt, trialAt };
}

function probeAnswered(state: Liveness, now: number, probeInterval: number): Liveness {
  const answered = { ...state, silences: 0, answersProbes: true, probesUnanswered: 0, answeredAt: now };
  if (state.standing === 'alive') return answered;
  const good = state.good + 1;
  if (good >= answersToLive) return { ...newlyAlive(now, probeInterval), answeredAt: now, answersProbes: true };
  return { ...answered, good, probeAt: now + Math.min(probeRevivingEvery, probeInterval) };
}

function nextTrial({ answersProbes, confirmed }: Liveness, now: number, probeInterval: number): number {
  return now + probeInterval * (answersProbes && confirmed ? trialsWithProbes : 1);
}

function downEvery(probeInterval: number): number {
  return Math.min(probeDownEvery, probeInterval);
}
