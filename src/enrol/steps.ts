import type { Clock } from '../clock.ts';
import type { MessageTexts } from '../deliver/render-message.ts';
import { keyUri } from '../factor/key-uri.ts';
import { codeRandom, newCode } from '../factor/new-code.ts';
import type { Windows } from '../factor/factor.ts';
import type { SendingRules } from '../policy/sending.ts';
import { randomOctets } from '../random.ts';
import { bootId } from '../store/host-time.ts';
import type { Store } from '../store/store.ts';
import { beginEnrolApp, confirmEnrolApp, type Confirmed } from './enrol-app.ts';
import { beginEnrolPhone, confirmEnrolPhone, type PhoneBegun } from './enrol-phone.ts';
import type { Gone, HasFactor, Step } from './enrolment.ts';
import { finishEnrolment, type Finished } from './finish-enrolment.ts';
import { beginEnrolDevice, enrolDevice, type DeviceEnrolled, type EnrolDevice } from './enrol-device.ts';
import { showEnrolment, type OpenEnrolment } from './show-enrolment.ts';

export interface EnrolmentStepsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly windows: Windows;
  /** What the app shows above the code. */
  readonly issuer: string;
  /** What texts call what the user will log in to. */
  readonly application: string;
  /** By what codes can be sent to phones; empty if by nothing. */
  readonly phoneMethods: readonly ('sms' | 'voice')[];
  readonly digits: number;
  /** How long a code that was sent is good, in milliseconds. */
  readonly lifetime: number;
  readonly rules: SendingRules;
  readonly texts: Readonly<Record<string, MessageTexts>>;
  readonly language: string;
  /** Told once a message is in the outbox. */
  readonly onQueued: () => void;
}

/** Whose page it is, and who has it open. */
export interface Visit {
  readonly token: Buffer;
  /** Of the browser. */
  readonly address: string;
}

const keySize = 20;

/** The steps of the page on which users register, each a transaction of its own. @throws StoreError */
export class EnrolmentSteps {
  readonly #options: EnrolmentStepsOptions;
  readonly #boot = bootId();

  constructor(options: EnrolmentStepsOptions) {
    this.#options = options;
  }

  get phoneMethods(): readonly ('sms' | 'voice')[] {
    return this.#options.phoneMethods;
  }

  show(visit: Visit): Promise<OpenEnrolment | Gone | HasFactor> {
    return this.#options.store.run(showEnrolment, this.#step(visit));
  }

  beginApp(visit: Visit): Promise<{ readonly kind: 'begun' | 'done' } | Gone | HasFactor> {
    const id = randomOctets(16).toString('hex');
    return this.#options.store.run(beginEnrolApp, { ...this.#step(visit), id, key: randomOctets(keySize) });
  }

  confirmApp(visit: Visit, code: string): Promise<Confirmed> {
    const { store, windows } = this.#options;
    return store.run(confirmEnrolApp, { ...this.#step(visit), answer: Buffer.from(code), windows });
  }

  async beginPhone(visit: Visit, number: string, method: 'sms' | 'voice'): Promise<PhoneBegun> {
    const { store, digits, lifetime, application, rules, texts, language, clock, onQueued } = this.#options;
    const begun = await store.run(beginEnrolPhone, {
      ...this.#step(visit),
      number,
      method,
      outboxId: randomOctets(16).toString('hex'),
      code: newCode(randomOctets(codeRandom), digits),
      lifetime,
      time: { boot: this.#boot, now: Math.floor(clock.monotonic()) },
      application,
      rules,
      texts,
      language,
    });
    if (begun.kind === 'sent') onQueued();
    return begun;
  }

  confirmPhone(visit: Visit, code: string): Promise<Confirmed> {
    const { store, windows } = this.#options;
    return store.run(confirmEnrolPhone, { ...this.#step(visit), answer: Buffer.from(code), windows });
  }

  /** @param token 16 random octets, of the address by which a phone is set up */
  beginDevice(visit: Visit, token: Buffer): Promise<{ readonly kind: 'begun' | 'done' } | Gone | HasFactor> {
    return this.#options.store.run(beginEnrolDevice, { ...this.#step(visit), device: token });
  }

  enrolDevice(visit: Visit, phone: Pick<EnrolDevice, 'id' | 'point' | 'name' | 'signature'>): Promise<DeviceEnrolled> {
    return this.#options.store.run(enrolDevice, { ...this.#step(visit), ...phone });
  }

  finish(visit: Visit): Promise<Finished | { readonly kind: 'nothing' } | Gone | HasFactor> {
    return this.#options.store.run(finishEnrolment, this.#step(visit));
  }

  /** What an app scans. */
  uriOf(user: string, key: Buffer): string {
    const { issuer } = this.#options;
    return keyUri({ type: 'totp', issuer, user, key, algorithm: 'sha1', digits: 6, period: 30, counter: 0 });
  }

  #step({ token, address }: Visit): Step {
    const { clock, phoneMethods } = this.#options;
    return { token, now: clock.wall(), phones: phoneMethods.length > 0, address };
  }
}
