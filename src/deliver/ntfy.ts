import type { Clock } from '../clock.ts';
import { refused, type Channel, type Message, type SendResult } from './channel.ts';
import { exchange, judgeStatus } from './exchange.ts';
import { parsed, valueAt } from './json-path.ts';
import { scrub } from './scrub.ts';

export interface NtfyOptions {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  /** With the place `{user}`. */
  readonly topic: string;
  readonly token: string | undefined;
}

/** The longest topic, in characters: docs.ntfy.sh, "Picking a topic". */
const longestTopic = 64;

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
    const name = topic.replaceAll('{user}', topicName(message.to));
    if (name.length > longestTopic)
      return refused(`this user's topic would be longer than ${longestTopic} characters: shorten "topic"`, true);
    const { approve, decline } = labels(message.language);
    const button = (label: string, to: string | null) =>
      to === null ? [] : [{ action: 'http', label, url: to, method: 'POST', clear: true }];
    const body = {
      topic: name,
      title: message.subject ?? '',
      message: message.text,
      click: actions.link,
      priority: 4,
      actions: [...button(approve, actions.approve), ...button(decline, actions.decline)],
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
    const json = parsed(result.body);
    const told = (path: string): string | undefined => {
      const value = valueAt(json, path);
      // Whoever knows the topic may read it.
      return value === undefined ? undefined : scrub(value.replaceAll(name, '***'), message);
    };
    return judgeStatus(result, told('error')) ?? { kind: 'sent', providerId: told('id') ?? null };
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
