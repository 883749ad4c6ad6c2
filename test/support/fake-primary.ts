import { asAsked, type Primary, type PrimaryRequest, type PrimaryResult } from '../../src/primary/primary.ts';
import { Journal } from '../peer/journal.ts';

/** A primary that answers as the test says, and keeps what it was asked. */
export class FakePrimary implements Primary {
  readonly name: string;
  readonly asked = new Journal<PrimaryRequest>();
  #answer: (request: PrimaryRequest) => PrimaryResult | Promise<PrimaryResult>;

  /** @param answer default: the password "right" is right */
  constructor(name: string, answer: (request: PrimaryRequest) => PrimaryResult | Promise<PrimaryResult> = byPassword) {
    this.name = name;
    this.#answer = answer;
  }

  /** From now on it answers so. */
  answers(answer: (request: PrimaryRequest) => PrimaryResult | Promise<PrimaryResult>): void {
    this.#answer = answer;
  }

  async check(request: PrimaryRequest): Promise<PrimaryResult> {
    this.asked.add(request);
    return this.#answer(request);
  }

  async close(): Promise<void> {}
}

function byPassword({ credential }: PrimaryRequest): PrimaryResult {
  const right = credential.kind === 'pap' && credential.password.toString() === 'right';
  return right
    ? { kind: 'ok', granted: [], person: asAsked }
    : { kind: 'bad', relayed: undefined, reason: 'password-wrong' };
}
