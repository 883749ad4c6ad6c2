import type { Clock } from '../clock.ts';
import { refused, unsure, type Channel, type Message, type SendResult } from './channel.ts';
import { exchange, judgeStatus, type HttpRequest, type HttpResponse } from './exchange.ts';
import { fill } from './fill.ts';
import { parsed, valueAt } from './json-path.ts';
import { scrub } from './scrub.ts';

/** How a provider takes messages over HTTP, as templates. */
export interface HttpOptions {
  readonly url: string;
  readonly method: string;
  /** Name and template of each. */
  readonly headers: readonly (readonly [string, string])[];
  /** `to={to}&text={text}`, or a JSON text whose strings are templates, or neither. */
  readonly form: string | undefined;
  readonly json: string | undefined;
  /** For Basic authentication: RFC 7617. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The place `{token}`. */
  readonly token: string | undefined;
  /** Statuses that may be a success; none for all from 200 to 299. */
  readonly successStatus: readonly number[];
  /** Where in a JSON response stands that it was taken, and what stands there then; no values for whatever there is. */
  readonly successPath: string | undefined;
  readonly successValues: readonly string[];
  /** Where stands the provider's name for the message, and why it was refused. */
  readonly idPath: string | undefined;
  readonly errorPath: string | undefined;
}

/** The places of the templates. */
const httpPlaces = [
  'to',
  'to_digits',
  'extension',
  'from',
  'text',
  'code',
  'subject',
  'language',
  'id',
  'token',
] as const;

/** Any provider that takes messages over HTTP. */
export class HttpChannel implements Channel {
  readonly #options: HttpOptions;
  readonly #clock: Clock;

  constructor(options: HttpOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  async send(message: Message, patience: number): Promise<SendResult> {
    if (message.code === '' && !this.#takesText())
      return refused('its templates have no {text}, and a notice has no code', true);
    const result = await exchange(requestOf(this.#options, message), patience, this.#clock.wall());
    return result.kind === 'response' ? this.#judge(result, message) : result;
  }

  async close(): Promise<void> {
    // fetch keeps no connection that would keep the process.
  }

  #takesText(): boolean {
    const { url, form = '', json = '', headers } = this.#options;
    return [url, form, json, ...headers.map(([, value]) => value)].some((template) => template.includes('{text}'));
  }

  #judge(response: HttpResponse, message: Message): SendResult {
    const { successStatus, successPath, successValues, idPath, errorPath } = this.#options;
    const json = parsed(response.body);
    const words = errorPath === undefined ? undefined : valueAt(json, errorPath);
    const why = words === undefined ? undefined : scrub(words, message);
    const bad = judgeStatus(response, why);
    if (bad) return bad;
    if (successStatus.length > 0 && !successStatus.includes(response.status))
      return refused(`HTTP ${response.status}, which success_status does not name`, false);
    if (successPath !== undefined) {
      if (json === undefined) return unsure(`HTTP ${response.status} with a body that is not JSON`);
      const value = valueAt(json, successPath);
      if (value === undefined) return refused(why ?? `its answer has no "${successPath}"`, false);
      if (successValues.length > 0 && !successValues.includes(value))
        return refused(why ?? `"${successPath}" in its answer is ${scrub(value, message)}`, false);
    }
    const id = idPath === undefined ? undefined : valueAt(json, idPath);
    return { kind: 'sent', providerId: id === undefined ? null : scrub(id, message) };
  }
}

function requestOf(options: HttpOptions, message: Message): HttpRequest {
  const { id, to, from = '', text, code, language } = message;
  const values: Readonly<Record<(typeof httpPlaces)[number], string>> = {
    to,
    to_digits: to.replace(/^\+/, ''),
    extension: message.extension ?? '',
    from,
    text,
    code,
    subject: message.subject ?? '',
    language,
    id,
    token: options.token ?? '',
  };
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  if (options.json !== undefined) headers['content-type'] = 'application/json';
  if (options.username !== undefined || options.password !== undefined) {
    const pair = `${options.username ?? ''}:${options.password ?? ''}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  // A header holds one line, and fetch refuses what is not Latin-1.
  const inHeader = (value: string): string => value.replaceAll(/[^\x20-\x7e]/g, ' ');
  for (const [name, template] of options.headers) headers[name.toLowerCase()] = fill(template, values, inHeader);
  return {
    url: fill(options.url, values, encodeURIComponent),
    method: options.method,
    headers,
    body:
      options.form !== undefined
        ? fill(options.form, values, encodeURIComponent)
        : options.json && filled(options.json, values),
  };
}

/** A JSON text with its strings filled in: a value never becomes more than its string. */
function filled(json: string, values: Readonly<Record<string, string>>): string {
  return JSON.stringify(JSON.parse(json), (_, value: unknown) =>
    typeof value === 'string' ? fill(value, values) : value,
  );
}
