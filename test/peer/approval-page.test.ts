import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { approvalScene, path, type ApprovalScene } from '../support/approval-scene.ts';
import { PhoneBrowser, phone } from './browser.ts';
import { peer } from './peer.ts';

/** Set: where pictures of the pages are left, to be looked at. */
const pictures = process.env['RADGATE_PICTURES'];

const words = {
  en: { approve: 'Approve', approved: 'Approved', fraud: 'This was not me', reported: 'Thank you for telling us' },
  fr: {
    approve: 'Approuver',
    approved: 'Approuvé',
    fraud: "Ce n'était pas moi",
    reported: 'Merci de nous avoir prévenus',
  },
} as const;

peer('chromium')('the page of an approval on a phone', function () {
  this.timeout(30_000);
  let browser: PhoneBrowser;
  let scene: ApprovalScene;
  before(async () => {
    browser = await PhoneBrowser.start();
  });
  after(() => browser?.stop());
  afterEach(() => scene?.web.close());

  /** Everything fits the phone's width, buttons are large enough for a thumb, and words stand out from what is behind them. */
  const examine = async (page: Page, name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).to.be.at.most(phone.width);
    for (const button of await page.getByRole('button').all()) {
      const box = await button.boundingBox();
      expect(Math.min(box?.height ?? 0, box?.width ?? 0)).to.be.at.least(44);
    }
    for (const contrast of await page.evaluate<number[]>(contrasts)) expect(contrast).to.be.at.least(4.5);
  };
  const title = (page: Page): Promise<string | null> => page.getByRole('heading').textContent();
  const focused = (page: Page): Promise<string> => page.evaluate<string>('document.activeElement.textContent.trim()');

  for (const language of ['en', 'fr'] as const)
    for (const scheme of ['light', 'dark'] as const) {
      const open = async (): Promise<Page> =>
        browser.open(`${scene.url}${path}`, { scheme, locale: language === 'en' ? 'en-GB' : 'fr-FR' });
      const name = `${language}-${scheme}`;

      it(`approved with the keyboard alone: ${language}, ${scheme}`, async () => {
        scene = await approvalScene({ language });
        const page = await open();
        expect(await page.getAttribute('html', 'lang')).to.equal(language);
        await page.keyboard.press('Tab');
        expect(await focused(page)).to.equal(words[language].approve);
        expect(
          await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle'),
          'the focus is seen',
        ).to.equal('solid');
        await examine(page, `approve-${name}`);
        await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
        expect(await title(page)).to.equal(words[language].approved);
        expect(scene.presses.map(({ decision, by }) => `${decision} ${by}`)).to.deep.equal(['approve page']);
        await examine(page, `approved-${name}`);
      });

      it(`a number and then a code to type: ${language}, ${scheme}`, async () => {
        scene = await approvalScene({
          language,
          numbers: [17, 42, 88],
          mode: 'typed',
          device: null,
          userName: `a.very.long.name.that.${'goes.on.'.repeat(6)}@corp.example`,
        });
        scene.code = '83610427';
        const page = await open();
        await examine(page, `numbers-${name}`);
        await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '88' }).click()]);
        expect(await page.getByText('8361 0427').count()).to.equal(1);
        await examine(page, `code-${name}`);
      });

      it(`reported, and gone after it: ${language}, ${scheme}`, async () => {
        scene = await approvalScene({ language });
        const page = await open();
        await Promise.all([
          page.waitForEvent('load'),
          page.getByRole('button', { name: words[language].fraud }).click(),
        ]);
        expect(await title(page)).to.equal(words[language].reported);
        await examine(page, `reported-${name}`);
        await page.goto(`${scene.url}/a/nothing`);
        await examine(page, `gone-${name}`);
      });
    }

  it('asks nothing of anyone else, runs no script, and complains of nothing', async () => {
    scene = await approvalScene({ userName: '<img src=x onerror=alert(1)>' });
    const page = await browser.open('about:blank');
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('dialog', (dialog) => void complaints.push(dialog.message()));
    await page.goto(`${scene.url}${path}`, { waitUntil: 'networkidle' });
    expect(asked.filter((url) => !url.startsWith('data:'))).to.have.members([
      `${scene.url}${path}`,
      `${scene.url}/style.css`,
    ]);
    expect(complaints).to.deep.equal([]);
    expect(await page.getByText('<img src=x onerror=alert(1)>').count()).to.equal(1);
  });
});

/** In the page: of each element with words of its own, how much they stand out from what is behind them (WCAG 2.2, "contrast ratio"). */
const contrasts = `(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) =>
    parts(color)
      .slice(0, 3)
      .map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return parts(color)[3] === 0 ? behind(element.parentElement) : color;
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .map((element) => [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => a - b))
    .map(([dark, light]) => (light + 0.05) / (dark + 0.05));
})()`;
