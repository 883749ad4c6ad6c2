import type { AppTexts } from './texts.ts';

/** What a phone needs to keep the page among its apps: https://www.w3.org/TR/appmanifest/. */
export function manifest(language: string, texts: AppTexts): string {
  return JSON.stringify({
    id: '/app/',
    name: texts.title,
    short_name: texts.short,
    lang: language,
    start_url: '/app/',
    scope: '/app/',
    display: 'standalone',
    background_color: '#f4f5f7',
    theme_color: '#0b6b3a',
    icons: [{ src: '/app/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any maskable' }],
  });
}
