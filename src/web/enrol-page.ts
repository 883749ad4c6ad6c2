import type { Context, Hono } from 'hono';
import { html, raw } from 'hono/html';
import { renderSVG } from 'uqr';
import { base32, grouped } from '../base32.ts';
import { fill } from '../deliver/fill.ts';
import { maskNumber } from '../deliver/phone-number.ts';
import type { Gone, HasFactor } from '../enrol/enrolment.ts';
import type { OpenEnrolment } from '../enrol/show-enrolment.ts';
import type { EnrolmentSteps, Visit } from '../enrol/steps.ts';
import { tokenSize } from '../approval/approval.ts';
import { randomOctets } from '../random.ts';
import { tokenOf } from './approval-page.ts';
import { enrolTexts, type EnrolTexts } from './enrol-texts.ts';
import { page, type Html } from './page.ts';
import { languageWanted } from './texts.ts';

export interface EnrolPageOptions {
  readonly steps: EnrolmentSteps;
  /** `[web] url`. */
  readonly url: string;
  /** Who asks, for the audit. */
  readonly addressOf: (c: Context) => string;
}

/** What is said above the form that was sent, and what stands in its field again. */
interface Complaint {
  readonly at: 'app' | 'phone' | 'finish';
  readonly text: (texts: EnrolTexts) => string;
  readonly typed?: string;
}

/** The page on which a user registers: `GET /e/TOKEN` changes nothing, each `POST` is one step. The token is what lets one in, until the work is done. */
export function enrolPages(app: Hono, { steps, url, addressOf }: EnrolPageOptions): void {
  const visitOf = (c: Context): Visit | undefined => {
    const token = tokenOf(c.req.param('token') ?? '');
    return token && { token, address: addressOf(c) };
  };
  const shown = async (
    c: Context,
    visit: Visit | undefined,
    complaint?: Complaint,
    address?: string,
  ): Promise<Response> => {
    const found = visit ? await steps.show(visit) : ({ kind: 'gone', why: 'unknown' } as const);
    const wanted = languageWanted(c.req.header('accept-language'));
    if (found.kind !== 'open') return c.html(closed(found, wanted), found.kind === 'gone' ? 404 : 200);
    return c.html(open(found, found.language ?? wanted, steps, complaint, address));
  };

  app.get('/e/:token', (c) => shown(c, visitOf(c)));

  app.post('/e/:token', async (c) => {
    const visit = visitOf(c);
    if (!visit) return shown(c, undefined);
    const form = await c.req.parseBody();
    const typed = (name: string): string => (typeof form[name] === 'string' ? form[name].slice(0, 64) : '');
    const step = typed('step');
    switch (step) {
      case 'app':
        await steps.beginApp(visit);
        return shown(c, visit);
      case 'app-code': {
        const done = await steps.confirmApp(visit, typed('code'));
        return shown(c, visit, complaintOf('app', done));
      }
      case 'sms':
      case 'voice': {
        if (!steps.phoneMethods.includes(step)) return shown(c, visit);
        const begun = await steps.beginPhone(visit, typed('number'), step);
        const text = { invalid: 'invalid', 'not-allowed': 'not_allowed', limited: 'limited' } as const;
        if (begun.kind !== 'invalid' && begun.kind !== 'not-allowed' && begun.kind !== 'limited')
          return shown(c, visit);
        const key = text[begun.kind];
        return shown(c, visit, { at: 'phone', text: (texts) => texts[key], typed: typed('number') });
      }
      case 'phone-code': {
        const done = await steps.confirmPhone(visit, typed('code'));
        return shown(c, visit, complaintOf('phone', done));
      }
      case 'device': {
        const token = randomOctets(tokenSize);
        const begun = await steps.beginDevice(visit, token);
        // Behind "#", so that it stands in no log of a server.
        return shown(
          c,
          visit,
          undefined,
          begun.kind === 'begun' ? `${url}/app/#${token.toString('base64url')}` : undefined,
        );
      }
      case 'finish': {
        const before = await steps.show(visit);
        const done = await steps.finish(visit);
        if (done.kind === 'nothing') return shown(c, visit, { at: 'finish', text: (texts) => texts.nothing });
        if (done.kind !== 'finished') return shown(c, visit);
        const language = done.language ?? languageWanted(c.req.header('accept-language'));
        const texts = enrolTexts(language);
        const number = before.kind === 'open' && before.phone.state === 'done' ? before.phone.target : done.phone;
        return c.html(
          page({
            language: languageOf(language),
            title: texts.finished,
            body: html`${done.app ? html`<p>${texts.finished_app}</p>` : ''}
            ${done.device ? html`<p>${texts.finished_device}</p>` : ''}
            ${number === null ? '' : html`<p>${fill(texts.finished_phone, { number })}</p>`}`,
          }),
        );
      }
      default:
        return shown(c, visit);
    }
  });
}

function complaintOf(
  at: 'app' | 'phone',
  done: { readonly kind: string; readonly left?: number },
): Complaint | undefined {
  if (done.kind === 'wrong') return { at, text: (texts) => fill(texts.wrong, { left: String(done.left ?? 0) }) };
  if (done.kind === 'used') return { at, text: (texts) => texts.used };
  return undefined;
}

function languageOf(language: string): string {
  return language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

function closed(found: Gone | HasFactor, wanted: string): Html {
  const language = (found.kind === 'has-factor' ? found.language : null) ?? wanted;
  const texts = enrolTexts(language);
  const has = found.kind === 'has-factor';
  return page({
    language: languageOf(language),
    title: has ? texts.has_factor : texts.gone,
    body: html`<p>${has ? texts.has_factor_text : texts.gone_text}</p>`,
  });
}

function open(
  found: OpenEnrolment,
  language: string,
  steps: EnrolmentSteps,
  complaint: Complaint | undefined,
  address: string | undefined,
): Html {
  const texts = enrolTexts(language);
  const said = (at: Complaint['at']): Html | string =>
    complaint?.at === at ? html`<p class="wrong" role="alert">${complaint.text(texts)}</p>` : '';
  const isDone = found.app.state === 'done' || found.phone.state === 'done' || found.device === 'done';
  const withPhone = steps.phoneMethods.length > 0 && found.phone.state !== 'kept';
  return page({
    language: languageOf(language),
    title: texts.title,
    body: html`<p>${fill(texts.hello, { user: found.userName })}</p>
      <h2>${texts.app}</h2>
      ${said('app')} ${appOf(found, texts, steps)}
      <h2>${texts.device}</h2>
      ${deviceOf(found, texts, address)}
      ${
        withPhone
          ? html`<h2>${texts.phone}</h2>
              ${said('phone')} ${phoneOf(found, texts, steps, complaint?.at === 'phone' ? complaint.typed : undefined)}`
          : ''
      }
      ${said('finish')}
      <form method="post">
        <button class="${isDone ? 'go' : 'plain'}" name="step" value="finish">${texts.finish}</button>
      </form>`,
  });
}

function appOf({ app, userName }: OpenEnrolment, texts: EnrolTexts, steps: EnrolmentSteps): Html {
  if (app.state === 'done') return html`<p>${texts.app_done}</p>`;
  if (!('key' in app))
    return html`<p>${texts.app_text}</p>
      <form method="post"><button class="go" name="step" value="app">${texts.app_start}</button></form>`;
  const uri = steps.uriOf(userName, app.key);
  return html`<p>${texts.app_scan}</p>
    <img src="${pictureOf(uri)}" alt="${texts.app_scan}" />
    <p><a class="button plain" href="${raw(escapeUri(uri))}">${texts.app_open}</a></p>
    <p>${texts.app_key}<br /><code>${grouped(base32(app.key))}</code></p>
    ${codeForm('app-code', texts.app_code, texts.confirm)}`;
}

/** A QR code. */
function pictureOf(text: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(renderSVG(text, { border: 2 })).toString('base64')}`;
}

/** @param address shown once, where it was just made: it is kept nowhere */
function deviceOf({ device }: OpenEnrolment, texts: EnrolTexts, address: string | undefined): Html {
  if (device === 'done') return html`<p>${texts.device_done}</p>`;
  const begin = (label: string, look: string): Html =>
    html`<form method="post"><button class="${look}" name="step" value="device">${label}</button></form>`;
  if (address === undefined)
    return html`<p>${texts.device_text}</p>
      ${begin(device === 'pending' ? texts.device_again : texts.device_start, 'go')}`;
  return html`<p>${texts.device_scan}</p>
    <img src="${pictureOf(address)}" alt="${texts.device_scan}" />
    <p><a class="button plain" href="${address}">${texts.device_open}</a></p>
    <form method="post"><button class="go" name="step" value="look">${texts.device_look}</button></form>`;
}

/** An otpauth URI holds percent-encoded text alone, and "&" between its parameters. */
function escapeUri(uri: string): string {
  return uri.replaceAll('&', '&amp;').replaceAll('"', '%22').replaceAll('<', '%3C').replaceAll('>', '%3E');
}

function phoneOf({ phone }: OpenEnrolment, texts: EnrolTexts, steps: EnrolmentSteps, typed: string | undefined): Html {
  if (phone.state === 'done') return html`<p>${fill(texts.phone_done, { number: phone.target })}</p>`;
  const names = { sms: texts.phone_sms, voice: texts.phone_voice };
  const ask = html`<form method="post">
    <label for="number">${texts.phone_number}</label>
    <input id="number" name="number" type="tel" autocomplete="tel" maxlength="40" required value="${typed ?? ''}" />
    ${steps.phoneMethods.map((method) => html`<button class="plain" name="step" value="${method}">${names[method]}</button>`)}
  </form>`;
  if (phone.state !== 'sent')
    return html`<p>${texts.phone_text}</p>
      ${ask}`;
  const label = fill(texts.phone_sent, { number: maskNumber(phone.number) });
  return html`${codeForm('phone-code', label, texts.confirm)}
    <details>
      <summary>${texts.phone_other}</summary>
      ${ask}
    </details>`;
}

function codeForm(step: string, label: string, confirm: string): Html {
  return html`<form method="post">
    <label for="${step}">${label}</label>
    <input
      id="${step}"
      name="code"
      inputmode="numeric"
      autocomplete="one-time-code"
      pattern="[0-9 ]*"
      maxlength="12"
      required
    />
    <button class="go" name="step" value="${step}">${confirm}</button>
  </form>`;
}
