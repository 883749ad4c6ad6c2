import { chromium, type Browser, type Page } from 'playwright-core';

/** The size of a phone, in CSS pixels. */
export const phone = { width: 390, height: 844 } as const;

export interface BrowserOptions {
  readonly scheme?: 'light' | 'dark';
  /** Such as "fr-FR". */
  readonly locale?: string;
}

/** Debian's Chromium without a window, as the phone that a link is opened on. */
export class PhoneBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<PhoneBrowser> {
    // As root it has no sandbox to run in.
    return new PhoneBrowser(
      await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] }),
    );
  }

  /** A page without anything that another page has left behind. */
  async open(url: string, { scheme = 'light', locale = 'en-GB' }: BrowserOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: phone, colorScheme: scheme, locale });
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}
