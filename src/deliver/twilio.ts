import type { Clock } from '../clock.ts';
import { refused, type Channel, type Message, type SendResult } from './channel.ts';
import { exchange, judgeStatus } from './exchange.ts';
import { parsed, valueAt } from './json-path.ts';
import { scrub } from './scrub.ts';

export interface TwilioOptions {
  /** Where its interface is: "https://api.twilio.com". */
  readonly url: string;
  readonly accountSid: string;
  /** The key's SID where an API key signs in, else the account's. */
  readonly user: string;
  readonly authToken: string;
  /** A pool of senders that Twilio keeps, for text messages. */
  readonly messagingService: string | undefined;
  /** Such as "alice" or "Polly.Lea"; undefined for Twilio's own choice. */
  readonly voice: string | undefined;
  /** Where it asks what to say in a call that is answered by keys, without a slash at its end; undefined if it can't be answered. */
  readonly calls: string | undefined;
}

/** Twilio's codes for a number that it can't or must not send to, whoever asks: https://www.twilio.com/docs/api/errors. */
const permanent = new Set([
  '21211',
  '21214',
  '21217',
  '21219',
  '21408',
  '21610',
  '21612',
  '21614',
  '13223',
  '13224',
  '13225',
]);

/** What Twilio's voices are told to speak, where it isn't the language's own tag. */
const spoken: Readonly<Record<string, string>> = {
  en: 'en-US',
  fr: 'fr-FR',
  de: 'de-DE',
  es: 'es-ES',
  it: 'it-IT',
  nl: 'nl-NL',
  pt: 'pt-PT',
};

/** How long it rings, in seconds: a login waits no longer. */
const ringing = '30';

/** Text messages and calls by Twilio's API of 2010-04-01, over plain fetch. */
export class TwilioChannel implements Channel {
  readonly #options: TwilioOptions;
  readonly #clock: Clock;

  constructor(options: TwilioOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    const { url, accountSid, user, authToken, calls } = this.#options;
    if (message.call !== undefined && calls === undefined)
      return refused('its calls can be answered only with answers_token and [web] url', true);
    const resource = message.method === 'voice' ? 'Calls' : 'Messages';
    const response = await exchange(
      {
        url: `${url.replace(/\/$/, '')}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/${resource}.json`,
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${user}:${authToken}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(message.method === 'voice' ? this.#call(message) : this.#text(message)).toString(),
      },
      patience,
      this.#clock.wall(),
    );
    if (response.kind !== 'response') return response;
    const json = parsed(response.body);
    const code = valueAt(json, 'code');
    const words = valueAt(json, 'message');
    const said =
      words === undefined ? undefined : `${scrub(words, message)}${code === undefined ? '' : ` (Twilio ${code})`}`;
    if (code !== undefined && permanent.has(code) && response.status >= 400)
      return refused(said ?? `Twilio ${code}`, true);
    const bad = judgeStatus(response, said);
    // Whatever else is wrong with a request to Twilio is wrong with the account or the sender.
    if (bad?.kind === 'refused' && bad.permanent) return { ...bad, permanent: false };
    return bad ?? { kind: 'sent', providerId: valueAt(json, 'sid') ?? null };
  }

  async close(): Promise<void> {
    // fetch keeps no connection that would keep the process.
  }

  #text({ to, from, text }: Message): Record<string, string> {
    const { messagingService } = this.#options;
    return {
      To: to,
      Body: text,
      ...(messagingService === undefined ? { From: from ?? '' } : { MessagingServiceSid: messagingService }),
    };
  }

  #call(message: Message): Record<string, string> {
    const { to, from, extension } = message;
    // Half a second before each digit of the extension: "w".
    const dialled = extension === null ? {} : { SendDigits: `wwww${Array.from(extension).join('w')}` };
    const { voice, calls } = this.#options;
    if (message.call === undefined) return { To: to, From: from ?? '', Twiml: twiml(message, voice), ...dialled };
    const at = `${calls ?? ''}/${message.call}`;
    return {
      To: to,
      From: from ?? '',
      Url: at,
      StatusCallback: `${at}/status`,
      // Else a mailbox would be asked, and told, about the login.
      MachineDetection: 'Enable',
      Timeout: ringing,
      ...dialled,
    };
  }
}

/** What the voice says, a line at a time: https://www.twilio.com/docs/voice/twiml/say. */
export function twiml({ text, language }: Pick<Message, 'text' | 'language'>, voice: string | undefined): string {
  return `${xml}<Response>${pause}${spokenLines({ text, language }, voice)}</Response>`;
}

/**
 * The same, and then it waits for one key, twice, which is posted to an address: https://www.twilio.com/docs/voice/twiml/gather.
 * @param action where the key goes
 */
export function twimlQuestion(
  words: Pick<Message, 'text' | 'language'>,
  voice: string | undefined,
  action: string,
): string {
  const gather = `<Gather input="dtmf" numDigits="1" timeout="8" action="${escaped(action)}" method="POST">${spokenLines(words, voice)}</Gather>`;
  return `${xml}<Response>${pause}${gather}${gather}</Response>`;
}

const xml = '<?xml version="1.0" encoding="UTF-8"?>';
const pause = '<Pause length="1"/>';

function spokenLines({ text, language }: Pick<Message, 'text' | 'language'>, voice: string | undefined): string {
  const attributes = `${voice === undefined ? '' : ` voice="${escaped(voice)}"`} language="${escaped(spoken[language] ?? language)}"`;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => `<Say${attributes}>${escaped(line)}</Say>`).join(pause);
}

/** The answer to a text that came: a text back, or nothing. https://www.twilio.com/docs/messaging/twiml */
export function twimlAnswer(words: string | null): string {
  const message = words === null ? '' : `<Message>${escaped(words)}</Message>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${message}</Response>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
