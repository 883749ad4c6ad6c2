import type { Clock } from '../clock.ts';
import { refused, type Channel, type Message, type SendResult } from './channel.ts';
import { exchange, judgeStatus } from './exchange.ts';

export interface NtfyOptions {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  /** With the place `{user}`. */
  readonly topic: string;
  readonly token: string | undefined;
}

/**
 * Notifications by an ntfy server: published as JSON to its root (docs.ntfy.sh, "Publish as JSON"), with two buttons of type "http" ("Action buttons") that
 * post to one-time addresses.
 */
export class NtfyChannel implements Channel {
  readonly #options: NtfyOptions;
  readonly #clock: Clock;

  constructor(options: NtfyOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    const { actions } = message;
    if (!actions) return refused('only notices can go this way', true);
    const { url, topic, token } = this.#options;
    const button = (label: string, to: string) => ({ action: 'http', label, url: to, method: 'POST', clear: true });
    const body = {
      topic: topic.replaceAll('{user}', topicName(message.to)),
      title: message.subject ?? '',
      message: message.text,
      click: actions.link,
      priority: 4,
      actions: [
        button(labels(message.language).approve, actions.approve),
        button(labels(message.language).decline, actions.decline),
      ],
    };
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const result = await exchange(
      { url: `${url}/`, method: 'POST', headers, body: JSON.stringify(body) },
      patience,
      this.#clock.wall(),
    );
    if (result.kind !== 'response') return result;
    return judgeStatus(result, undefined) ?? { kind: 'sent', providerId: null };
  }

  async close(): Promise<void> {
    // fetch keeps no connection that would keep the process.
  }
}

/** A user's name as a topic can hold it: letters, digits, "_" and "-", all else as its octets, so that two users never share one. */
export function topicName(user: string): string {
  return user.replaceAll(/[^A-Za-z0-9-]/gu, (character) => `_${Buffer.from(character).toString('hex')}`);
}

function labels(language: string): { readonly approve: string; readonly decline: string } {
  return language.startsWith('fr')
    ? { approve: 'Approuver', decline: 'Refuser' }
    : { approve: 'Approve', decline: 'Decline' };
}
