import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** What may stand in the templates of a [[provider]] of type "http"; deliver/http.ts fills them in. */
const places = ['to', 'to_digits', 'extension', 'from', 'text', 'code', 'subject', 'language', 'id', 'token'];

/** The first place that nobody fills in. */
function unknownPlace(text: string): string | undefined {
  return Array.from(text.matchAll(/\{([a-z_]+)\}/g), ([, name = '']) => name).find((name) => !places.includes(name));
}

const longest = 4_096;

function template(notation: string, must: string, is: (text: string) => boolean): ValueType<string> {
  return {
    notation,
    schema: z.string(must).superRefine((text, context) => {
      const unknown = unknownPlace(text);
      if (text.length > longest || !is(text)) context.addIssue(must);
      else if (unknown !== undefined)
        context.addIssue(`has the unknown place {${unknown}}; known: ${places.map((name) => `{${name}}`).join(', ')}`);
    }),
  };
}

/** An address of a provider; places in its path and query are filled in percent-encoded, and none may stand in its host. */
export const urlTemplate = template(
  'URL',
  'must be a URL that begins with "https://" (or "http://"), without a user name in it',
  (text) => {
    const host = /^https?:\/\/([^/?#]+)/.exec(text)?.[1];
    if (host === undefined || host.includes('{') || !URL.canParse(text)) return false;
    const { username, password, hash } = new URL(text);
    return username === '' && password === '' && hash === '';
  },
);

/** A form as it travels: values are filled in percent-encoded. */
export const formTemplate = template(
  'form, such as `"to={to}&text={text}"`',
  'must be a form, such as "to={to}&text={text}"',
  (text) => /^[^\s=&]+=[^&\s]*(?:&[^\s=&]+=[^&\s]*)*$/.test(text),
);

/** A JSON text; places within its strings are filled in. */
export const jsonTemplate = template(
  'JSON text',
  `must be JSON in single quotes, such as '{"to":"{to}","text":"{text}"}'`,
  (text) => {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null;
    } catch {
      return false;
    }
  },
);

const header = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+: *[\x20-\x7e]+$/;

/** A header and its value: RFC 9110 §5.5. */
export const headerTemplate = template('`"Name: value"`', 'must be a header, such as "X-Api-Key: {token}"', (text) =>
  header.test(text),
);

const mustBeHeader = 'must be a header, such as "X-Tenant: vpn"';

/** The same without places. */
export const fixedHeader: ValueType<string> = {
  notation: '`"Name: value"`',
  schema: z.string(mustBeHeader).regex(header, mustBeHeader),
};

const mustBePath = 'must be a path within JSON, such as "messages.0.status"';

/** Where in a JSON answer something stands. */
export const jsonPath: ValueType<string> = {
  notation: 'path in JSON',
  schema: z.string(mustBePath).regex(/^[^\s.\p{C}]{1,64}(?:\.[^\s.\p{C}]{1,64}){0,9}$/u, mustBePath),
};
