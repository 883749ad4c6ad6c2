import type { HttpOptions } from '../../src/deliver/http.ts';

/** A gateway at `url` that takes a form and answers with JSON. */
export function httpOptions(url: string, more: Partial<HttpOptions> = {}): HttpOptions {
  return {
    url,
    method: 'POST',
    headers: [],
    form: 'to={to}&from={from}&text={text}',
    json: undefined,
    username: undefined,
    password: undefined,
    token: undefined,
    successStatus: [],
    successPath: undefined,
    successValues: [],
    idPath: 'id',
    errorPath: 'error',
    ...more,
  };
}
