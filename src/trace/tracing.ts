import { isIP } from 'node:net';
import type { AccessRequest } from '../packet/access-request.ts';
import { firstValue, type Packet } from '../packet/packet.ts';
import { printable } from '../packet/printable.ts';
import { Type } from '../packet/constants.ts';
import { foldUserName } from '../policy/user-name.ts';
import { maskedPacket } from './masked-packet.ts';
import type { TraceEvent } from './trace-event.ts';
import { TracedLogin } from './traced-login.ts';

/** Which logins are followed: all, without either. */
export interface TraceFilter {
  /** Name of a `[[client]]`. */
  readonly client?: string | undefined;
  /** As foldUserName has it, without domain and marks. */
  readonly skeleton?: string | undefined;
}

export interface TracingOptions {
  /** The `[[client]]` that an address belongs to now. */
  readonly clientAt: (address: string) => string | undefined;
  /** As loadProxyMark gives it. */
  readonly mark: Buffer;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
}

/** Whose login something happened to. */
export interface TraceSubject {
  readonly client: string;
  readonly skeleton: string | undefined;
}

/** Who follows at once, at most. */
const maxFollowers = 8;
const none = Buffer.alloc(0);

interface Follower {
  readonly filter: TraceFilter;
  readonly tell: (event: TraceEvent) => void;
}

/** Shows logins to those who follow them, secrets masked. Where nobody does, it costs a look at `isOn`. */
export class Tracing {
  readonly #options: TracingOptions;
  readonly #followers = new Set<Follower>();

  constructor(options: TracingOptions) {
    this.#options = options;
  }

  /** Whether anybody follows. */
  get isOn(): boolean {
    return this.#followers.size > 0;
  }

  /** @param tell must not wait @returns what ends it; undefined if as many follow already as may */
  follow(filter: TraceFilter, tell: (event: TraceEvent) => void): (() => void) | undefined {
    if (this.#followers.size >= maxFollowers) return undefined;
    const follower = { filter, tell };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** A request that is judged from now on; undefined if nobody wants to see it. */
  login(client: string, address: string, request: AccessRequest): TracedLogin | undefined {
    const subject = this.#subjectOf(client, request.packet);
    if (!this.#isWanted(subject)) return undefined;
    const { mark, wall } = this.#options;
    const user = printable(request.userName ?? none);
    return new TracedLogin({
      about: { client, address, user },
      request,
      mark,
      wall,
      tell: (event) => this.#tell(event, subject),
    });
  }

  /** A request that came before. */
  repeated(client: string, address: string, packet: Packet): void {
    const subject = this.#subjectOf(client, packet);
    if (!this.#isWanted(subject)) return;
    const user = printable(firstValue(packet.attributes, Type.userName) ?? none);
    const about = { time: this.#now(), login: '', client, address, user };
    this.#tell({ event: 'repeated', ...about, packet: maskedPacket(packet, this.#options.mark) }, subject);
  }

  /** A packet that came to nothing. Those who follow one user are not told, since it is not known whose it was. @param address of a host or a server */
  dropped(address: string, reason: string, why: string): void {
    if (!this.isOn) return;
    const client = isIP(address) === 0 ? undefined : this.#options.clientAt(address);
    const event: TraceEvent = {
      event: 'dropped',
      time: this.#now(),
      client: client ?? null,
      address,
      reason,
      why: printable(Buffer.from(why)),
    };
    for (const { filter, tell } of this.#followers)
      if (filter.skeleton === undefined && (filter.client === undefined || filter.client === client)) tell(event);
  }

  #subjectOf(client: string, { attributes }: Packet): TraceSubject {
    return { client, skeleton: foldUserName(firstValue(attributes, Type.userName) ?? none)?.skeleton };
  }

  #isWanted(subject: TraceSubject): boolean {
    return [...this.#followers].some(({ filter }) => matches(filter, subject));
  }

  #tell(event: TraceEvent, subject: TraceSubject): void {
    for (const { filter, tell } of this.#followers) if (matches(filter, subject)) tell(event);
  }

  #now(): string {
    return new Date(this.#options.wall()).toISOString();
  }
}

function matches({ client, skeleton }: TraceFilter, subject: TraceSubject): boolean {
  return (
    (client === undefined || client === subject.client) && (skeleton === undefined || skeleton === subject.skeleton)
  );
}
