import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { tokenSize } from '../approval/approval.ts';
import type { DecideOutput, Decision } from '../approval/decide-approval.ts';
import type { ShownApproval, ShowOutput } from '../approval/show-approval.ts';
import { timeIn } from '../deliver/render-notice.ts';
import { page, type Html } from './page.ts';
import { languageWanted, pageTexts, type PageTexts } from './texts.ts';

/** What was pressed. */
export interface Press {
  readonly token: Buffer;
  readonly decision: Decision;
  readonly number: number | null;
  readonly by: 'page' | 'notice';
}

export interface ApprovalPageOptions {
  readonly show: (token: Buffer) => Promise<ShowOutput>;
  readonly decide: (press: Press) => Promise<DecideOutput>;
  /** Whether administrators get a mail of what users report. */
  readonly alerts: boolean;
}

/**
 * The page of an approval: `GET /a/TOKEN` shows and decides nothing, since mail scanners and previews of links open it too; a press (`POST`) decides.
 * `POST /a/TOKEN/approve` and `/decline` are for the buttons of a notification. The token is what lets one in: 128 random bits, for one login.
 */
export function approvalPages(app: Hono, { show, decide, alerts }: ApprovalPageOptions): void {
  app.get('/a/:token', async (c) => {
    const token = tokenOf(c.req.param('token'));
    const shown: ShowOutput = token ? await show(token) : { kind: 'gone' };
    if (shown.kind === 'gone') return said(c, 'gone', undefined, 404);
    if (shown.kind === 'decided') return said(c, 'decided', shown.approval.language);
    return c.html(question(shown.approval));
  });

  app.post('/a/:token', async (c) => {
    const token = tokenOf(c.req.param('token'));
    const form = await c.req.parseBody();
    const decision = (['approve', 'decline', 'fraud'] as const).find((one) => one === form['decision']);
    const number =
      typeof form['number'] === 'string' && /^[1-9]\d$/.test(form['number']) ? Number(form['number']) : null;
    const wanted = decision ?? (number === null ? undefined : 'approve');
    if (!token || !wanted) return said(c, 'gone', undefined, 404);
    const before = await show(token);
    const language = before.kind === 'gone' ? undefined : before.approval.language;
    const output = await decide({ token, decision: wanted, number, by: 'page' });
    switch (output.kind) {
      case 'gone': {
        const after = await show(token);
        // The prompt went on with a number since the page was opened.
        if (after.kind === 'open' && after.approval.numbers && wanted === 'approve' && number === null)
          return c.html(question(after.approval));
        return after.kind === 'decided' ? said(c, 'decided', language) : said(c, 'gone', language, 404);
      }
      case 'approved':
        return output.code === null ? said(c, 'approved', language) : c.html(shownCode(output.code, language ?? 'en'));
      case 'declined':
        return said(c, 'declined', language);
      case 'fraud':
        return said(c, alerts ? 'alerted' : 'reported', language);
      case 'number-wrong':
        return said(c, 'wrong_number', language);
    }
  });

  for (const decision of ['approve', 'decline'] as const)
    app.post(`/a/:token/${decision}`, async (c) => {
      const token = tokenOf(c.req.param('token'));
      const output: DecideOutput = token
        ? await decide({ token, decision, number: null, by: 'notice' })
        : { kind: 'gone' };
      return c.text(`${output.kind}\n`, output.kind === 'gone' ? 404 : 200);
    });
}

/** @returns undefined if it can be none */
export function tokenOf(text: string): Buffer | undefined {
  if (!/^[\w-]{22}$/.test(text)) return undefined;
  const token = Buffer.from(text, 'base64url');
  return token.length === tokenSize && token.toString('base64url') === text ? token : undefined;
}

type Saying = 'approved' | 'declined' | 'reported' | 'alerted' | 'wrong_number' | 'gone' | 'decided';

function said(
  c: Context,
  what: Saying,
  language: string | undefined,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  return c.html(notice(what, language ?? languageWanted(c.req.header('accept-language'))), status);
}

/** A page that only tells something. */
export function notice(what: Saying | 'limited' | 'failed', wanted: string): Html {
  const { language, texts } = pageTexts(wanted);
  return page({ language, title: texts[what], body: html`<p>${texts[`${what}_text`]}</p>` });
}

function question(approval: ShownApproval): Html {
  const { language, texts } = pageTexts(approval.language);
  const { numbers } = approval;
  return page({
    language,
    title: texts.ask,
    body: html`<dl>
        <dt>${texts.application}</dt>
        <dd>${approval.application}</dd>
        ${
          approval.client === approval.application
            ? ''
            : html`<dt>${texts.client}</dt>
                <dd>${approval.client}</dd>`
        }
        <dt>${texts.user}</dt>
        <dd>${approval.userName}</dd>
        <dt>${texts.device}</dt>
        <dd>${approval.device ?? texts.unknown_device}</dd>
        <dt>${texts.time}</dt>
        <dd>${timeIn(language, approval.createdAt)}</dd>
      </dl>
      <form method="post">
        ${
          numbers
            ? picking(numbers, texts)
            : html`<button class="go" name="decision" value="approve">${texts.approve}</button>`
        }
        <button class="plain" name="decision" value="decline">${texts.decline}</button>
        <button class="stop" name="decision" value="fraud">${texts.fraud}</button>
      </form>`,
  });
}

function picking(numbers: readonly number[], texts: PageTexts): Html {
  return html`<p id="pick">${texts.pick}</p>
    <div class="numbers" role="group" aria-labelledby="pick">
      ${numbers.map((number) => html`<button class="go" name="number" value="${number}">${number}</button>`)}
    </div>`;
}

function shownCode(code: string, wanted: string): Html {
  const { language, texts } = pageTexts(wanted);
  const grouped = `${code.slice(0, Math.ceil(code.length / 2))} ${code.slice(Math.ceil(code.length / 2))}`;
  return page({
    language,
    title: texts.code,
    body: html`<p>${texts.code_text}</p>
      <p class="code">${grouped}</p>`,
  });
}
