import type { Clock } from '../clock.ts';
import { refused, type Channel, type Message, type SendResult } from './channel.ts';
import { exchange, judgeStatus } from './exchange.ts';
import { sign, signatureHeader } from './signature.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Further headers, name and value. */
  readonly headers: readonly (readonly [string, string])[];
  /** What the body is signed with. */
  readonly secret: Buffer;
}

/** Notifications by a program of the administrator's own: JSON that is signed, for whatever brings it to the phone. */
export class WebhookChannel implements Channel {
  readonly #options: WebhookOptions;
  readonly #clock: Clock;

  constructor(options: WebhookOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    const { actions, id, to, subject, text, language } = message;
    if (!actions) return refused('only notices can go this way', true);
    const { at, expires, ...links } = actions;
    const body = JSON.stringify({
      id,
      user: to,
      title: subject,
      text,
      language,
      ...links,
      at: new Date(at).toISOString(),
      expires: new Date(expires).toISOString(),
    });
    const now = this.#clock.wall();
    const { url, secret } = this.#options;
    const headers = {
      ...Object.fromEntries(this.#options.headers.map(([name, value]) => [name.toLowerCase(), value])),
      'content-type': 'application/json',
      [signatureHeader]: sign(body, now, secret),
    };
    const result = await exchange({ url, method: 'POST', headers, body }, patience, now);
    if (result.kind !== 'response') return result;
    return judgeStatus(result, undefined) ?? { kind: 'sent', providerId: null };
  }

  async close(): Promise<void> {
    // fetch keeps no connection that would keep the process.
  }
}
