import { html } from 'hono/html';
import { webTexts } from './texts.ts';

/** What `html` of hono makes: everything put into it is escaped, unless `html` made it too. */
export type Html = ReturnType<typeof html>;

export interface PageOptions {
  /** RFC 5646. */
  readonly language: string;
  /** Plain text; the page's heading too. */
  readonly title: string;
  /** What follows the heading. */
  readonly body: Html;
}

/** A whole page, of which every one has the same head: no script, nothing from elsewhere. */
export function page({ language, title, body }: PageOptions): Html {
  return html`<!doctype html>
    <html lang="${webTexts(language).language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}
