import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** A piece of a page; what is put into a template is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Page {
  /** Such as "en". */
  readonly language: string;
  readonly title: string;
  readonly body: Html;
  /** What else its head has. */
  readonly head?: Html;
}

/** A whole page; it takes nothing from elsewhere, and works without a script unless it brings one. */
export function page({ language, title, body, head }: Page): Html {
  return html`${raw('<!doctype html>')}
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/style.css" />
        ${head ?? html`<link rel="icon" href="data:," />`}
      </head>
      <body>
        <main>
          <section>
            <h1>${title}</h1>
            ${body}
          </section>
        </main>
      </body>
    </html>`;
}
