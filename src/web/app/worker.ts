/**
 * The service worker of the page on phones: without a connection the page says so, where a browser would show its own; a push shows as a notification that
 * leads to the page. It keeps nothing.
 */
export const worker = `'use strict';
const offline = {
  en: 'There is no connection. Try again in a moment.',
  fr: 'Pas de connexion. Réessayez dans un instant.',
};
self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => {
  const { title, text, language } = event.data.json();
  const options = { body: text, lang: language, icon: '/app/icon.svg', tag: 'approval', requireInteraction: true };
  event.waitUntil(self.registration.showNotification(title, options));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const open = async () => {
    const pages = await self.clients.matchAll({ type: 'window' });
    return pages.length > 0 ? pages[0].focus() : self.clients.openWindow('/app/');
  };
  event.waitUntil(open());
});
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
