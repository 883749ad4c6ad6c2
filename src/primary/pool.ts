import { setTimeout as elapsed } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Tally } from '../figures/tally.ts';
import { Timings } from '../figures/timings.ts';
import { newAsked, type Asked, type UpstreamFigures } from '../figures/upstream.ts';
import type { Attribute } from '../packet/packet.ts';
import type { TracedLogin } from '../trace/traced-login.ts';
import { isHopeful, newlyAlive, observe, type Liveness, type Sign, type Standing } from './liveness.ts';
import { turnsOf, type PoolMode } from './pool-order.ts';
import type { Exchange, RadiusServer, RequestCode } from './radius-server.ts';

/** A change of what is thought of a server. */
export interface ServerHealth {
  /** The pool's name. */
  readonly primary: string;
  readonly server: string;
  readonly standing: Standing;
  /** What made it so; undefined once it is alive again. */
  readonly trouble: string | undefined;
}

/** A question whose answer, whatever it is, shows that a server is there. */
export interface Probe {
  readonly code: RequestCode;
  readonly attributes: (requestAuthenticator: Buffer) => readonly Attribute[];
}

export interface PoolOptions {
  /** For logs. */
  readonly name: string;
  readonly mode: PoolMode;
  /** In the order of the config. */
  readonly servers: readonly RadiusServer[];
  /** Of each try, in milliseconds; shorter if the deadline asks it. */
  readonly timeout: number;
  /** Of each server. */
  readonly tries: number;
  readonly probe: Probe | undefined;
  /** Between probes of a server that is alive, in milliseconds. */
  readonly probeInterval: number;
  readonly clock: Clock;
  readonly onHealth: (health: ServerHealth) => void;
}

export interface Question {
  readonly code: RequestCode;
  readonly attributes: (requestAuthenticator: Buffer) => readonly Attribute[];
  /** On the monotonic clock, in milliseconds. */
  readonly deadline: number;
  /** The only server that may be asked: the one that knows what went before. */
  readonly only: string | undefined;
  /** For those who follow the login, if any do. */
  readonly traced?: TracedLogin | undefined;
}

export type PoolAnswer =
  | (Extract<Exchange, { kind: 'reply' }> & { readonly server: string })
  /** `why` names each server and what was tried; `asked`: whether one may have seen the question. */
  | { readonly kind: 'unanswered'; readonly why: string; readonly asked: boolean };

interface Member {
  readonly server: RadiusServer;
  liveness: Liveness;
  outstanding: number;
  probing: boolean;
  /** Of questions, not of probes. */
  readonly asked: Tally;
  readonly took: Timings;
}

/** RADIUS servers that answer for one another. Each is asked once for one question at most, and all of them within its deadline. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #members: readonly Member[];
  #prober: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    const { clock, probeInterval, servers } = options;
    this.#options = options;
    this.#members = servers.map((server) => ({
      server,
      liveness: newlyAlive(clock.monotonic(), probeInterval),
      outstanding: 0,
      probing: false,
      asked: newAsked(),
      took: new Timings(),
    }));
    this.#schedule();
  }

  async ask(question: Question): Promise<PoolAnswer> {
    try {
      return await this.#askInTurn(question);
    } catch (error) {
      // The request is so long that our own attributes don't fit.
      if (error instanceof RangeError) return { kind: 'unanswered', why: error.message, asked: false };
      throw error;
    }
  }

  /** What is known of each server, in the order of the config. */
  get upstreams(): readonly UpstreamFigures[] {
    const now = this.#options.clock.monotonic();
    return this.#members.map(({ server, liveness, outstanding, asked, took }) => ({
      server: server.address,
      isUp: liveness.standing === 'alive',
      isHopeful: isHopeful(liveness, now),
      outstanding,
      asked,
      took,
    }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#prober);
    await Promise.all(this.#members.map(({ server }) => server.close()));
  }

  async #askInTurn(question: Question): Promise<PoolAnswer> {
    const { tries, timeout, clock } = this.#options;
    const tried: string[] = [];
    let asked = false;
    const { first, last, trial } = this.#turns(question.only);
    const turns = [...first, ...last];
    if (trial) this.#observe(trial, { kind: 'trial' });
    for (const [index, member] of turns.entries()) {
      // Time is kept for those whose turn comes yet; dead ones have what is left over.
      const behind = (index < first.length ? first.length : turns.length) - index - 1;
      const patience = (sendsLeft: number): number =>
        Math.min(timeout, (question.deadline - clock.monotonic()) / (sendsLeft + behind * tries));
      const isLast = index === turns.length - 1;
      // A trial costs its request no more than one try: the server is most likely silent still.
      for (let left = member === trial && !isLast ? 1 : tries; left > 0; left--) {
        const exchange = await this.#exchange(member, question, left, patience);
        if (exchange.kind === 'reply') return { ...exchange, server: member.server.address };
        asked ||= exchange.kind === 'silence';
        // A server that is being restarted refuses for a moment: where there is no other to turn to, it is given its time.
        const isWorthWaiting = exchange.kind === 'failed' && isLast && left > 1 && patience(left) > 0;
        if (isWorthWaiting && !this.#closed) {
          await elapsed(patience(left));
          continue;
        }
        tried.push(`${member.server.address} ${whyNot(exchange, left)}`);
        break;
      }
      if (this.#closed) break;
    }
    const why =
      turns.length > 0 ? tried.join(', ') : `${question.only}, which asked the question, is not there any more`;
    return { kind: 'unanswered', why, asked };
  }

  #turns(only: string | undefined): ReturnType<typeof turnsOf<Member>> {
    const { mode, clock } = this.#options;
    if (only === undefined) return turnsOf(this.#members, mode, clock.monotonic(), Math.random);
    const first = this.#members.filter(({ server }) => server.address === only);
    return { first, last: [], trial: undefined };
  }

  async #exchange(
    member: Member,
    { code, attributes, traced }: Question,
    count: number,
    patience: (sendsLeft: number) => number,
  ): Promise<Exchange> {
    const since = this.#options.clock.monotonic();
    const { server } = member;
    let sent = false;
    const onSend = (packet: Buffer): void => {
      sent = true;
      traced?.asks(server.address, packet);
    };
    member.outstanding++;
    try {
      const exchange = await server.exchange(attributes, { count, patience, onSend }, code);
      // Nothing is counted of who was not asked.
      if (exchange.kind === 'silence' && !sent) return { kind: 'failed', why: 'no time was left to ask it' };
      member.asked.add(askedAs[exchange.kind]);
      if (traced) {
        const took = this.#options.clock.monotonic() - since;
        if (exchange.kind === 'reply') traced.answered(server.address, exchange.reply, took);
        else traced.failed(server.address, whyNot(exchange, count), took);
      }
      switch (exchange.kind) {
        case 'reply':
          member.took.add(this.#options.clock.monotonic() - since);
          this.#observe(member, { kind: 'answered' });
          break;
        case 'silence':
          this.#observe(member, { kind: 'silent', since }, whyNot(exchange, count));
          break;
        case 'failed':
          if (!this.#closed) this.#observe(member, { kind: 'refused' }, whyNot(exchange, count));
          break;
        case 'full':
      }
      return exchange;
    } finally {
      member.outstanding--;
    }
  }

  #observe(member: Member, sign: Sign, trouble?: string): void {
    const { clock, probeInterval, onHealth, name } = this.#options;
    const before = member.liveness.standing;
    member.liveness = observe(member.liveness, sign, clock.monotonic(), probeInterval);
    const { standing } = member.liveness;
    if (standing === before) return;
    onHealth({ primary: name, server: member.server.address, standing, trouble });
    this.#schedule();
  }

  #schedule(): void {
    const { probe, clock } = this.#options;
    clearTimeout(this.#prober);
    if (!probe || this.#closed) return;
    const next = Math.min(...this.#members.map(({ liveness }) => liveness.probeAt));
    const wait = Math.max(0, Math.ceil(next - clock.monotonic()));
    this.#prober = setTimeout(() => this.#probeDue(probe), wait).unref();
  }

  #probeDue(probe: Probe): void {
    const now = this.#options.clock.monotonic();
    for (const member of this.#members) {
      if (member.liveness.probeAt > now) continue;
      this.#observe(member, { kind: 'probing' });
      if (!member.probing) void this.#probe(member, probe);
    }
    this.#schedule();
  }

  async #probe(member: Member, { code, attributes }: Probe): Promise<void> {
    const { clock, timeout, tries } = this.#options;
    const since = clock.monotonic();
    // One that is down is probed again soon enough.
    const count = member.liveness.standing === 'alive' ? tries : 1;
    member.probing = true;
    try {
      const exchange = await member.server.exchange(attributes, { count, patience: () => timeout }, code);
      if (this.#closed || exchange.kind === 'full') return;
      if (exchange.kind === 'reply') this.#observe(member, { kind: 'probe-answered' });
      else if (exchange.kind === 'failed')
        this.#observe(member, { kind: 'probe-refused' }, `refused a probe (${exchange.why})`);
      else this.#observe(member, { kind: 'probe-silent', since }, 'did not answer a probe');
      this.#schedule();
    } finally {
      member.probing = false;
    }
  }
}

const askedAs: Readonly<Record<Exchange['kind'], Asked>> = {
  reply: 'answered',
  silence: 'silent',
  failed: 'failed',
  full: 'full',
};

function whyNot(exchange: Exclude<Exchange, { kind: 'reply' }>, tries: number): string {
  switch (exchange.kind) {
    case 'silence':
      return `did not answer in ${tries} ${tries === 1 ? 'try' : 'tries'}`;
    case 'failed':
      return `failed (${exchange.why})`;
    case 'full':
      return 'has too many requests outstanding';
  }
}
