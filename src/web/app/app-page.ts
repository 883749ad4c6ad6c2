import type { Hono } from 'hono';
import { html } from 'hono/html';
import { page, type Html } from '../page.ts';
import { languageWanted, pageTexts } from '../texts.ts';
import { icon } from './icon.ts';
import { manifest } from './manifest.ts';
import { script } from './script.ts';
import { appTexts } from './texts.ts';
import { worker } from './worker.ts';

/**
 * The page on phones, and what it is made of: the same for everyone, for it finds out itself whose phone it is on.
 * @param alerts whether administrators get a mail of what users report
 */
export function appPage(app: Hono, alerts: boolean): void {
  const file = (path: string, type: string, content: string): void =>
    void app.get(`/app/${path}`, (c) => c.body(content, 200, { 'Content-Type': type }));
  file('app.js', 'text/javascript; charset=utf-8', script);
  file('worker.js', 'text/javascript; charset=utf-8', worker);
  file('icon.svg', 'image/svg+xml', icon);
  app.get('/app/manifest.webmanifest', (c) => {
    const language = languageWanted(c.req.header('accept-language'));
    return c.body(manifest(language, appTexts(language)), 200, { 'Content-Type': 'application/manifest+json' });
  });
  app.get('/app', (c) => c.redirect('/app/', 308));
  app.get('/app/', (c) => c.html(appHtml(languageWanted(c.req.header('accept-language')), alerts)));
}

function appHtml(wanted: string, alerts: boolean): Html {
  const { language, texts: common } = pageTexts(wanted);
  const texts = appTexts(language);
  const end = html`<button type="button" class="plain" data-done>${texts.done}</button>`;
  const said = (state: string, title: string, text: string, more: Html | string = ''): Html =>
    html`<div data-state="${state}" hidden>
      <h2>${title}</h2>
      <p>${text}</p>
      ${more}
    </div>`;
  return page({
    language,
    title: texts.title,
    head: html`<link rel="icon" href="/app/icon.svg" />
      <link rel="manifest" href="/app/manifest.webmanifest" />
      <meta name="theme-color" content="#0b6b3a" />
      <script src="/app/app.js" defer></script>`,
    body: html`<noscript><p>${texts.no_script}</p></noscript>
      <div role="status">
        <p id="trouble" class="wrong" hidden>${texts.trouble}</p>
        <div data-state="loading"><p>${texts.loading}</p></div>
        ${said('unsupported', texts.unsupported, texts.unsupported_text)}
        ${said('not-enrolled', texts.not_enrolled, texts.again)} ${said('revoked', texts.revoked, texts.again)}
        ${said('gone', texts.stale, `${texts.stale_text} ${texts.again}`)}
        ${said('too-many', texts.full, texts.full_text)} ${said('has-factor', texts.has_factor, texts.has_factor_text)}
        <div data-state="idle" hidden>
          <h2>${texts.idle}</h2>
          <p>${texts.idle_text}</p>
          <button id="notify" type="button" class="plain" hidden>${texts.notify}</button>
          <p class="soft">${texts.phone_of} <b data-slot="user"></b></p>
        </div>
        ${said('approved', common.approved, common.approved_text, end)}
        ${said(
          'code',
          common.code,
          common.code_text,
          html`<p class="code" data-slot="code"></p>
            ${end}`,
        )}
        ${said('declined', common.declined, common.declined_text, end)}
        ${said('fraud', common.reported, alerts ? common.alerted_text : common.reported_text, end)}
        ${said('number-wrong', texts.wrong, texts.wrong_text, end)} ${said('over', texts.over, texts.over_text, end)}
        ${said('refused', texts.refused, texts.refused_text, end)}
      </div>
      <div data-state="enrol" hidden>
        <h2>${texts.enrol}</h2>
        <p>${texts.enrol_text}</p>
        <p id="instead" class="wrong" hidden>${texts.enrol_instead}</p>
        <form id="enrol">
          <label for="name">${texts.enrol_name}</label>
          <input id="name" maxlength="40" required autocomplete="off" data-usual="${texts.short}" />
          <button class="go">${texts.enrol_go}</button>
        </form>
      </div>
      <div data-state="ask" hidden>
        <h2>${common.ask}</h2>
        <dl>
          <dt data-of="application">${common.application}</dt>
          <dd data-of="application" data-slot="application"></dd>
          <dt>${common.user}</dt>
          <dd data-slot="user"></dd>
          <dt>${common.device}</dt>
          <dd data-slot="place" data-unknown="${common.unknown_device}"></dd>
          <dt>${common.time}</dt>
          <dd data-slot="time"></dd>
        </dl>
        <form id="number" hidden>
          <label for="typed">${texts.number}</label>
          <input id="typed" inputmode="numeric" pattern="[1-9][0-9]" maxlength="2" required autocomplete="off" />
          <button class="go">${common.approve}</button>
        </form>
        <div id="pick" hidden>
          <p id="picking">${texts.pick}</p>
          <div id="applications" class="stack" role="group" aria-labelledby="picking"></div>
        </div>
        <button id="approve" type="button" class="go" hidden>${common.approve}</button>
        <div class="stack">
          <button id="decline" type="button" class="plain">${common.decline}</button>
          <button id="fraud" type="button" class="stop">${common.fraud}</button>
        </div>
      </div>`,
  });
}
