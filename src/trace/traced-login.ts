import type { AccessRequest } from '../packet/access-request.ts';
import { parsePacket, type Packet } from '../packet/packet.ts';
import { printable } from '../packet/printable.ts';
import { maskedPacket } from './masked-packet.ts';
import type { TraceEvent } from './trace-event.ts';

export interface TracedLoginOptions {
  readonly about: { readonly client: string; readonly address: string; readonly user: string };
  readonly request: AccessRequest;
  /** As loadProxyMark gives it. */
  readonly mark: Buffer;
  readonly wall: () => number;
  readonly tell: (event: TraceEvent) => void;
}

/** What became of a login, as the runner knows it in the end. */
export interface TracedEnd {
  readonly loginId: string;
  readonly rule: string | null;
  /** More on why, such as a directory's own words. */
  readonly trouble: string | undefined;
}

/** What a primary says; `reason` is of docs/reasons.md. */
export interface TracedResult {
  readonly kind: string;
  readonly reason?: string;
  readonly why?: string;
}

/** One request that somebody follows. */
export class TracedLogin {
  readonly #options: TracedLoginOptions;
  /** When it came: the request is told of once its login is known. */
  readonly #came: number;
  #login = '';
  #isTold = false;
  #rule: string | null = null;
  #trouble: string | undefined;

  constructor(options: TracedLoginOptions) {
    this.#options = options;
    this.#came = options.wall();
  }

  /** Its login is known: a challenge's answer belongs to that of the question. */
  begins(loginId: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#login = loginId;
    const { request, tell } = this.#options;
    const { packet, credential } = request;
    tell({ event: 'request', ...this.#about(this.#came), protocol: credential.kind, packet: this.#masked(packet) });
  }

  /** A packet goes to an upstream server, once more if it was silent. */
  asks(server: string, packet: Buffer): void {
    this.#options.tell({
      event: 'upstream-request',
      ...this.#about(),
      server,
      packet: this.#masked(parsePacket(packet)),
    });
  }

  /** @param ms since it was asked first */
  answered(server: string, packet: Packet, ms: number): void {
    const about = { ...this.#about(), server, ms: Math.round(ms) };
    this.#options.tell({ event: 'upstream-reply', ...about, packet: this.#masked(packet) });
  }

  failed(server: string, why: string, ms: number): void {
    const about = { ...this.#about(), server, ms: Math.round(ms) };
    this.#options.tell({ event: 'upstream-failed', ...about, why: printable(Buffer.from(why)) });
  }

  primary(primary: string, { kind: result, reason, why: more }: TracedResult): void {
    const told = [reason, more].filter((part) => part !== undefined).join(': ');
    const why = told === '' ? null : printable(Buffer.from(told));
    this.#options.tell({ event: 'primary', ...this.#about(), primary, result, why });
  }

  ends({ loginId, rule, trouble }: TracedEnd): void {
    this.begins(loginId);
    this.#rule = rule;
    this.#trouble = trouble;
  }

  /** @param reply null if there is none @param ms since the request came */
  verdict(
    { kind: verdict, outcome: reason }: { readonly kind: string; readonly outcome: string },
    meaning: string,
    reply: Buffer | null,
    ms: number,
  ): void {
    this.begins(this.#login);
    const told = this.#trouble === undefined ? meaning : `${meaning}: ${printable(Buffer.from(this.#trouble))}`;
    this.#options.tell({
      event: 'verdict',
      ...this.#about(),
      verdict,
      reason,
      meaning: told,
      rule: this.#rule,
      ms: Math.round(ms),
      packet: reply && this.#masked(parsePacket(reply)),
    });
  }

  #about(at = this.#options.wall()): { time: string; login: string; client: string; address: string; user: string } {
    return { time: new Date(at).toISOString(), login: this.#login, ...this.#options.about };
  }

  #masked(packet: Packet): ReturnType<typeof maskedPacket> {
    return maskedPacket(packet, this.#options.mark);
  }
}
