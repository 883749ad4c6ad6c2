import type { Clock } from '../clock.ts';
import { decideByDevice, type DecideByDeviceInput, type DecideByDeviceOutput } from '../device/decide-by-device.ts';
import type { NoticeTexts } from '../deliver/render-notice.ts';
import { codeRandom, newCode } from '../factor/new-code.ts';
import type { Logger } from '../observe/logger.ts';
import { printable } from '../packet/printable.ts';
import { randomOctets } from '../random.ts';
import { bootId } from '../store/host-time.ts';
import type { Store } from '../store/store.ts';
import { statusForWaiting, type Status } from './approval.ts';
import { endCall, type CallEnd } from './call.ts';
import { decideApproval, type DecideInput, type DecideOutput, type SettleInput } from './decide-approval.ts';

export interface DecisionsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Digits of a code that the page shows, and how long it is good, in milliseconds. */
  readonly digits: number;
  readonly lifetime: number;
  /** How long a user who reports a login is asked nothing, in milliseconds. */
  readonly block: number;
  /** Administrators who are told of it by mail. */
  readonly alert: readonly string[];
  readonly texts: NoticeTexts;
  readonly language: string;
  /** Wakes those who wait. */
  readonly tell: (id: string, status: Status) => void;
  /** Told once a message is in the outbox. */
  readonly onQueued: () => void;
}

/** What a phone sends of a decision. */
export type DevicePress = Pick<
  DecideByDeviceInput,
  'by' | 'device' | 'approval' | 'decision' | 'number' | 'application' | 'nonce' | 'signature'
>;

const said = {
  approved: 'approval: the user approved the login',
  declined: 'approval: the user declined the login',
  'number-wrong': 'approval: another number or application was given than that of the login; taken as declined',
  fraud:
    'approval: the user says that this login is not his own: somebody knows the password; see "radgate user unlock"',
} as const;

/** What is pressed on the pages, once it is committed: told to those who wait, the log, and where it is serious to the administrators. */
export class Decisions {
  readonly #options: DecisionsOptions;
  readonly #boot = bootId();

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** A call ended that brought no answer: who waits for one waits no longer. @throws StoreError */
  async endCall(token: Buffer, end: CallEnd): Promise<void> {
    const { store, clock, logger, tell } = this.#options;
    const ended = await store.run(endCall, { token, end, now: clock.wall() });
    if (!ended) return;
    logger.info({ login: ended.loginId, end }, 'approval: the call brought no answer');
    tell(ended.id, 'closed');
  }

  /** @throws StoreError */
  async decide(press: Pick<DecideInput, 'token' | 'decision' | 'number' | 'by'>): Promise<DecideOutput> {
    return this.#tell(press.by, await this.#options.store.run(decideApproval, { ...press, ...this.#settled() }));
  }

  /** The same by a phone that has signed it. @throws StoreError */
  async decideByDevice(press: DevicePress): Promise<DecideByDeviceOutput> {
    const output = await this.#options.store.run(decideByDevice, { ...press, ...this.#settled() });
    return isDecided(output) ? this.#tell(press.by, output) : output;
  }

  #settled(): Omit<SettleInput, 'decision' | 'number' | 'by'> {
    const { clock, digits, lifetime, block, alert, texts, language } = this.#options;
    return {
      now: clock.wall(),
      code: newCode(randomOctets(codeRandom), digits),
      lifetime,
      block,
      alerts: alert.map((to) => ({ to, outboxId: randomOctets(16).toString('hex') })),
      texts,
      language,
      time: { boot: this.#boot, now: Math.floor(clock.monotonic()) },
    };
  }

  #tell(by: SettleInput['by'], output: DecideOutput): DecideOutput {
    const { logger, tell, onQueued } = this.#options;
    if (output.kind === 'gone') return output;
    const { id, kind, loginId, userName, client, device } = output;
    const line = {
      login: loginId,
      user: printable(Buffer.from(userName)),
      client,
      ...(device === null ? {} : { device }),
      by,
    };
    if (kind === 'fraud') {
      logger.error(line, said[kind]);
      onQueued();
    } else logger.info(line, said[kind]);
    const mode = output.kind === 'approved' && output.code !== null ? 'typed' : 'wait';
    tell(id, statusForWaiting(kind === 'number-wrong' ? 'declined' : kind, mode));
    return output;
  }
}

function isDecided(output: DecideByDeviceOutput): output is DecideOutput {
  return output.kind !== 'refused' && output.kind !== 'unknown-device';
}
