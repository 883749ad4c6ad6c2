import type { SentMethod } from '../policy/sent-method.ts';
import { fill } from './fill.ts';

/** What messages say in one language: templates. */
export interface MessageTexts {
  readonly sms: string;
  /** What a voice reads; lines are apart. `{digits}` is the code, digit by digit. */
  readonly voice: string;
  readonly subject: string;
  readonly email: string;
}

export interface MessageFacts {
  readonly code: string;
  /** What the user logs in to. */
  readonly application: string;
  /** How long the code is good, in milliseconds. */
  readonly lifetime: number;
}

/** The places of the templates above. */
export const messagePlaces = ['code', 'digits', 'application', 'minutes'] as const;

/** A message in words. */
export function renderMessage(
  method: SentMethod,
  texts: MessageTexts,
  { code, application, lifetime }: MessageFacts,
): { readonly text: string; readonly subject: string | null } {
  const values = {
    code,
    digits: Array.from(code).join(', '),
    application,
    minutes: String(Math.max(1, Math.floor(lifetime / 60_000))),
  };
  const subject = method === 'email' ? fill(texts.subject, values).replaceAll(/\s+/g, ' ') : null;
  return { text: fill(texts[method], values), subject };
}
