import { Tally } from './tally.ts';
import { Timings } from './timings.ts';

/** How a login, or one request of it, ended. */
export interface Ended {
  readonly client: string;
  /** The factor that was asked or proven, or `none`. */
  readonly factor: string;
  readonly result: 'accept' | 'reject' | 'challenge' | 'silence';
  readonly reason: string;
  /** Where its time went, and how long it took in all, in milliseconds. */
  readonly spent: Readonly<Record<Stage, number>>;
  readonly took: number;
}

export const stages = ['primary', 'store', 'approval'] as const;
export type Stage = (typeof stages)[number];

/** Names of packets by their code: RFC 2865 §3, RFC 2866 §3, RFC 5997 §3. */
const names: Readonly<Record<number, string>> = {
  1: 'Access-Request',
  2: 'Access-Accept',
  3: 'Access-Reject',
  4: 'Accounting-Request',
  5: 'Accounting-Response',
  11: 'Access-Challenge',
  12: 'Status-Server',
};

/** What came and went over the network, counted where it happens and read when somebody asks. */
export class Traffic {
  /** Verified requests, retransmissions too. */
  readonly requests = new Tally(['client', 'code']);
  /** Of those, the copies of one that came before. */
  readonly duplicates = new Tally(['client']);
  readonly replies = new Tally(['client', 'code']);
  /** Logins that have ended: questions on the way are counted apart. */
  readonly logins = new Tally(['client', 'factor', 'result', 'reason']);
  readonly challenges = new Tally(['client', 'reason']);
  readonly stages: Readonly<Record<Stage, Timings>> = {
    primary: new Timings(),
    store: new Timings(),
    approval: new Timings(),
  };
  /** From a request's arrival to its verdict. */
  readonly requestsTook = new Timings();

  /** A client of the config: its requests and the reports of fraud at it are counted from 0 on. */
  declare(client: string): void {
    this.requests.declare(client, 'Access-Request');
    this.duplicates.declare(client);
    this.logins.declare(client, 'approval', 'reject', 'approval-fraud');
  }

  request(client: string, code: number): void {
    this.requests.add(client, nameOf(code));
  }

  duplicate(client: string): void {
    this.duplicates.add(client);
  }

  /** @param reply its octets */
  reply(client: string, reply: Buffer): void {
    this.replies.add(client, nameOf(reply[0]));
  }

  ended({ client, factor, result, reason, spent, took }: Ended): void {
    if (result === 'challenge') this.challenges.add(client, reason);
    else this.logins.add(client, factor, result, reason);
    for (const stage of stages) if (spent[stage] > 0) this.stages[stage].add(spent[stage]);
    this.requestsTook.add(took);
  }

  /** A login whose question nobody answered. */
  abandoned(client: string): void {
    this.logins.add(client, 'none', 'silence', 'challenge-unanswered');
  }
}

function nameOf(code: number | undefined): string {
  return names[code ?? 0] ?? 'other';
}
