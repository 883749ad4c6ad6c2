/** The service worker of the page on phones: without a connection the page says so, where a browser would show its own. It keeps nothing. */
export const worker = `'use strict';
const offline = {
  en: 'There is no connection. Try again in a moment.',
  fr: 'Pas de connexion. Réessayez dans un instant.',
};
self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  if (event.request.mode !== 'navigate') return;
  event.respondWith(
    fetch(event.request).catch(
      () =>
        new Response(navigator.language.startsWith('fr') ? offline.fr : offline.en, {
          status: 503,
          headers: { 'Content-Type': 'text/plain; charset=utf-8' },
        }),
    ),
  );
});
`;
