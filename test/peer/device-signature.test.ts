import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { deviceKeyOf } from '../../src/device/signature.ts';
import { isSignedBy, type SignedDecision } from '../../src/device/signed-decision.ts';
import { PhoneBrowser } from './browser.ts';
import { peer } from './peer.ts';

interface Signed {
  readonly point: number[];
  readonly signature: number[];
  readonly extractable: boolean;
}

/** Makes a key pair that can't be read out, keeps it in IndexedDB, and signs with what it finds there. */
const signing = (fields: readonly string[]): string => `(async () => {
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const made = await crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']);
  const opening = indexedDB.open('device', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const db = await done(opening);
  await done(db.transaction('keys', 'readwrite').objectStore('keys').put(made, 'pair'));
  const pair = await done(db.transaction('keys').objectStore('keys').get('pair'));
  const text = JSON.stringify(${JSON.stringify(fields)});
  const signature = await crypto.subtle.sign(ecdsa, pair.privateKey, new TextEncoder().encode(text));
  const point = await crypto.subtle.exportKey('raw', pair.publicKey);
  const octets = (buffer) => [...new Uint8Array(buffer)];
  return { point: octets(point), signature: octets(signature), extractable: pair.privateKey.extractable };
})()`;

peer('chromium')('a decision signed by a browser', function () {
  this.timeout(30_000);
  let browser: PhoneBrowser;
  let server: Server;
  before(async () => {
    browser = await PhoneBrowser.start();
    // WebCrypto and IndexedDB need a page of some origin.
    server = createServer((_, response) => void response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    await browser?.stop();
    server?.close();
  });

  it('is verified, and altered is not', async () => {
    const decision: SignedDecision = {
      approval: 'a1',
      device: 'd1',
      decision: 'approve',
      number: '42',
      application: 'VPN "Zürich"\u2028',
      place: '192.0.2.7',
      startedAt: Date.UTC(2024, 0, 1, 12),
      nonce: 'n1',
    };
    const page = await browser.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const fields = [
      'radgate decision 1',
      decision.approval,
      decision.device,
      decision.decision,
      decision.number,
      decision.application,
      decision.place,
      String(decision.startedAt),
      decision.nonce,
    ];
    const signed = await page.evaluate<Signed>(signing(fields));
    expect(signed.extractable).to.equal(false);
    const key = deviceKeyOf(Buffer.from(signed.point));
    if (key === undefined) throw new Error('no key of P-256');
    const signature = Buffer.from(signed.signature);
    expect(isSignedBy(key, decision, signature)).to.equal(true);
    expect(isSignedBy(key, { ...decision, number: '43' }, signature)).to.equal(false);
  });
});
