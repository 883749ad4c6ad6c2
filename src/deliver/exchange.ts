import { refused, refusedToAll, unsure, type SendResult } from './channel.ts';

/** One request to a provider. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly body: string;
}

/** The longest body of a response that is read, in octets: what tells of a message is short. */
const largest = 64 * 1024;
/** The longest that a provider is left alone because it asks for it, in milliseconds. */
const longestRetry = 10 * 60_000;

/**
 * Sends one request and reads its response, within `patience` milliseconds. Redirects are not followed: the secrets in the request are
 * for this address alone.
 * @param wall milliseconds since 1970 UTC, for a Retry-After that is a date
 */
export async function exchange(
  request: HttpRequest,
  patience: number,
  wall: number,
): Promise<HttpResponse | SendResult> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: { ...request.headers, 'user-agent': 'radgate' },
      body: request.body ?? null,
      redirect: 'manual',
      signal: AbortSignal.timeout(Math.max(1, Math.floor(patience))),
    });
    const { status, headers } = response;
    return {
      kind: 'response',
      status,
      retryAfter: retryAfter(headers.get('retry-after'), wall),
      body: await bodyOf(response),
    };
  } catch (error) {
    return failure(error, patience);
  }
}

/** What a status says where nothing else does: RFC 9110 §15. @returns undefined for success */
export function judgeStatus({ status, retryAfter }: HttpResponse, words: string | undefined): SendResult | undefined {
  const said = `HTTP ${status}${words === undefined || words === '' ? '' : `: ${words}`}`;
  if (status >= 200 && status < 300) return undefined;
  if (status === 429 || status === 503) return refused(`${said} (it wants fewer messages)`, false, retryAfter);
  if (status >= 500) return unsure(said);
  if (status >= 300 && status < 400)
    return refused(`${said} (a redirect, which is not followed: correct the url)`, false);
  if (status === 401) return refusedToAll(`${said} (does it know these credentials, and this host?)`);
  if (status === 403) return refused(`${said} (does it know these credentials, and this host?)`, false);
  // What is wrong with the account or the address is not the message's fault.
  return refused(said, ![402, 404, 405, 407, 408, 425].includes(status));
}

async function bodyOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    // Leaving the loop cancels the rest.
    if (size > largest) break;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfter(header: string | null, wall: number): number | undefined {
  if (header === null) return undefined;
  const milliseconds = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wall;
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(0, milliseconds), longestRetry);
}

/** Failures before anything was sent. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EACCES',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Why nothing was sent, or why it can't be told. */
function failure(error: unknown, patience: number): SendResult {
  if (error instanceof Error && error.name === 'TimeoutError')
    return unsure(`no answer within ${Math.round(patience / 1000)} s`);
  const [code, message] = causeOf(error);
  if (isTls(code)) return refusedToAll(`its TLS certificate or protocol is not accepted (${code}: ${message})`);
  if (message === 'bad port') return refusedToAll('its port is one that fetch never connects to: choose another');
  if (unsent.has(code)) return refusedToAll(`it cannot be reached (${code})`);
  return unsure(`the connection broke (${code === '' ? message : code})`);
}

/** The innermost cause tells most. */
function causeOf(error: unknown): readonly [code: string, message: string] {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  if (innermost instanceof AggregateError && innermost.errors.length > 0) innermost = innermost.errors[0];
  if (!(innermost instanceof Error)) return ['', 'unknown'];
  return ['code' in innermost ? String(innermost.code) : '', innermost.message];
}

function isTls(code: string): boolean {
  return /CERT|^ERR_TLS|^ERR_SSL|^EPROTO|SELF_SIGNED|UNABLE_TO_|DEPTH_ZERO/.test(code);
}
