import { html } from 'hono/html';
import { type Html, page } from './page.ts';
import type { WebTexts } from './texts.ts';

/** A page that only says something. */
export function notice(texts: WebTexts, title: string, text: string): Html {
  return page({ language: texts.language, title, body: html`<p>${text}</p>` });
}
