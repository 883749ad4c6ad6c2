import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { isLocal } from './store-url.ts';

/** The address of a server, without a path; in the Config without a slash at its end. */
export const webUrl = secure(
  '`"https://HOST"`',
  'must be an address of https without a path, such as "https://mfa.corp.example"',
  (url) => (url.pathname === '/' && url.search === '' ? url.origin : undefined),
);

/** Any address that is called with secrets. */
export const secureUrl = secure(
  '`"https://HOST/PATH"`',
  'must be an address of https, such as "https://push.corp.example/radgate"',
  (url) => url.href,
);

/** https, or http on this host alone, since what goes there is secret. */
function secure(notation: string, must: string, read: (url: URL) => string | undefined): ValueType<string> {
  return {
    notation,
    schema: z.string(must).transform((text, context): string => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const isPlain = url?.protocol === 'http:' && isLocal(url.hostname.replace(/^\[|\]$/g, ''));
      const isBare = url?.hash === '' && url.username === '' && url.password === '';
      const value = url && isBare && (url.protocol === 'https:' || isPlain) ? read(url) : undefined;
      if (value !== undefined) return value;
      context.addIssue(must);
      return z.NEVER;
    }),
  };
}
