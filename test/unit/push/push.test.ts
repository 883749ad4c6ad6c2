import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { encryptPush, maxPushOctets } from '../../../src/push/encrypt-push.ts';
import { pushServices } from '../../../src/policy/push-services.ts';
import { PushChannel } from '../../../src/push/push-channel.ts';
import type { SendResult } from '../../../src/deliver/channel.ts';
import { maxEndpointLength, pushEndpoint } from '../../../src/push/push-endpoint.ts';
import { sendPush, type PushResult } from '../../../src/push/send-push.ts';
import { vapidHeader, vapidKeyOf } from '../../../src/push/vapid.ts';
import { aMessage } from '../../support/a-message.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { decryptPush } from '../../support/decrypt-push.ts';

const now = Date.UTC(2024, 0, 1, 12);

function newSecret(): Buffer {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return Buffer.concat([Buffer.alloc(32), ecdh.getPrivateKey()]).subarray(-32);
}

function aBrowser(): { readonly secret: Buffer; readonly keys: { publicKey: Buffer; authSecret: Buffer } } {
  const secret = newSecret();
  return { secret, keys: { publicKey: vapidKeyOf(secret).publicKey, authSecret: randomBytes(16) } };
}

const someRandom = () => ({ privateKey: newSecret(), salt: randomBytes(16) });

describe('push: encryption', () => {
  const vector = new Map(
    readFileSync('test/vectors/rfc8291-appendix-a.txt', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(' ') as [string, string]),
  );
  const octets = (name: string): Buffer => Buffer.from(vector.get(name) ?? '', 'base64url');

  it('is that of RFC 8291 appendix A', () => {
    const to = { publicKey: octets('ua_public'), authSecret: octets('auth_secret') };
    const random = { privateKey: octets('as_private'), salt: octets('salt') };
    expect(encryptPush(octets('plaintext'), to, random).toString('base64url')).to.equal(vector.get('message'));
    expect(decryptPush(octets('message'), octets('ua_private'), octets('auth_secret'))).to.deep.equal(
      octets('plaintext'),
    );
  });

  it('fills one record of 4096 octets and no more', () => {
    const browser = aBrowser();
    const message = randomBytes(maxPushOctets);
    const body = encryptPush(message, browser.keys, someRandom());
    expect(body.length).to.equal(4096);
    expect(decryptPush(body, browser.secret, browser.keys.authSecret)).to.deep.equal(message);
    const longer = Buffer.alloc(maxPushOctets + 1);
    expect(() => encryptPush(longer, browser.keys, someRandom())).to.throw(RangeError);
  });

  it('takes no key that is none', () => {
    const { keys } = aBrowser();
    const off = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]);
    for (const to of [
      { ...keys, publicKey: keys.publicKey.subarray(1) },
      { ...keys, publicKey: off },
      { ...keys, authSecret: Buffer.alloc(15) },
    ])
      expect(() => encryptPush(Buffer.from('x'), to, someRandom())).to.throw();
  });
});

describe('push: VAPID', () => {
  it('is a token by ES256 that names the service and ends within 24 hours', () => {
    const key = vapidKeyOf(newSecret());
    const header = vapidHeader(new URL('https://fcm.googleapis.com/wp/a?b'), 'mailto:it@example.com', key, now);
    const [, signed = '', signature = '', k] = /^vapid t=([\w-]+\.[\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(header) ?? [];
    expect(k).to.equal(key.publicKey.toString('base64url'));
    const [head = '', claims = ''] = signed.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(head)).to.deep.equal({ typ: 'JWT', alg: 'ES256' });
    expect(JSON.parse(claims)).to.deep.equal({
      aud: 'https://fcm.googleapis.com',
      exp: now / 1000 + 43_200,
      sub: 'mailto:it@example.com',
    });
    const by = { key: createPublicKey(key.privateKey), dsaEncoding: 'ieee-p1363' as const };
    expect(verify('sha256', Buffer.from(signed), by, Buffer.from(signature, 'base64url'))).to.equal(true);
  });
});

describe('push: endpoints', () => {
  it('are those of the browsers', () => {
    for (const url of [
      'https://fcm.googleapis.com/fcm/send/a:b',
      'https://updates.push.services.mozilla.com/wpush/v2/a',
      'https://web.push.apple.com/a',
      'https://wns2-par02p.notify.windows.com/w/?token=a',
      'https://FCM.googleapis.com:443/a',
    ])
      expect(pushEndpoint(url, pushServices)?.protocol, url).to.equal('https:');
  });

  it('are nothing else', () => {
    for (const url of [
      '',
      'a',
      'http://fcm.googleapis.com/a',
      'https://fcm.googleapis.com:8443/a',
      'https://fcm.googleapis.com./a',
      'https://fcm.googleapis.com.example.com/a',
      'https://fcm.googleapis.com@10.0.0.1/a',
      'https://a:b@fcm.googleapis.com/a',
      'https://fcm.googleapis.com/a#b',
      'https://evilpush.apple.com/a',
      'https://push.apple.com/a',
      'https://127.0.0.1/a',
      'http://[::1]:8080/a',
      'https://169.254.169.254/a',
      'file:///etc/passwd',
      `https://fcm.googleapis.com/${'a'.repeat(maxEndpointLength)}`,
    ])
      expect(pushEndpoint(url, pushServices), url).to.equal(undefined);
  });

  it('are an own server over https, and on loopback over http', () => {
    const hosts = ['127.0.0.1', 'push.example.com'];
    expect(pushEndpoint('http://127.0.0.1:8080/a', hosts)?.port).to.equal('8080');
    expect(pushEndpoint('https://push.example.com/a', hosts)?.host).to.equal('push.example.com');
    for (const url of ['http://push.example.com/a', 'file://127.0.0.1/a', 'http://[::1]/a'])
      expect(pushEndpoint(url, hosts), url).to.equal(undefined);
  });
});

describe('push: sending', () => {
  let service: Server;
  let answer: { status: number; headers: Record<string, string> };
  const taken: { headers: IncomingHttpHeaders; body: Buffer }[] = [];

  beforeEach(async () => {
    taken.length = 0;
    answer = { status: 201, headers: {} };
    service = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        taken.push({ headers: request.headers, body: Buffer.concat(parts) });
        if (answer.status !== 0) response.writeHead(answer.status, answer.headers).end();
      });
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  afterEach(async () => {
    service.closeAllConnections();
    service.close();
    await once(service, 'close');
  });

  const browser = aBrowser();
  const key = vapidKeyOf(newSecret());
  const origin = (): string => `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const send = (hosts = ['127.0.0.1'], patience = 10_000): Promise<PushResult> =>
    sendPush(
      Buffer.from('{"open":"/app"}'),
      { ...browser.keys, endpoint: `${origin()}/push/a` },
      { key, contact: 'mailto:it@example.com', hosts },
      someRandom(),
      60,
      patience,
      now,
    );

  it('gives the service what only the browser can read', async () => {
    expect(await send()).to.deep.equal({ kind: 'sent', providerId: null });
    const [push] = taken;
    expect(push?.headers).to.include({ ttl: '60', urgency: 'high', 'content-encoding': 'aes128gcm' });
    expect(push?.headers.authorization).to.match(/^vapid t=/);
    const body = push?.body ?? Buffer.alloc(0);
    expect(decryptPush(body, browser.secret, browser.keys.authSecret).toString()).to.equal('{"open":"/app"}');
    expect(() => decryptPush(body, newSecret(), browser.keys.authSecret)).to.throw();
  });

  it('tells a subscription that has ended', async () => {
    for (const status of [404, 410]) {
      answer = { status, headers: {} };
      expect(await send()).to.deep.equal({ kind: 'gone' });
    }
  });

  it('follows no redirect', async () => {
    answer = { status: 307, headers: { location: `${origin()}/elsewhere` } };
    expect((await send()).kind).to.equal('refused');
    expect(taken.length).to.equal(1);
  });

  it('heeds a service that wants fewer', async () => {
    answer = { status: 429, headers: { 'retry-after': '7' } };
    expect(await send()).to.include({ kind: 'refused', permanent: false, retryAfter: 7000 });
  });

  it('does not wait for ever', async () => {
    answer = { status: 0, headers: {} };
    expect((await send(['127.0.0.1'], 300)).kind).to.equal('unsure');
  });

  it('asks no host that is not allowed', async () => {
    expect(await send([...pushServices])).to.include({ kind: 'refused', permanent: true });
    expect(taken.length).to.equal(0);
  });

  it('takes a service that cannot be reached, or refuses radgate, for no fault of all: the browser named it', async () => {
    const channel = new PushChannel({
      sender: async () => ({ key, contact: 'mailto:it@example.com', hosts: ['127.0.0.1'] }),
      clock: new FakeClock(),
      random: randomBytes,
      onGone: () => undefined,
    });
    const sendTo = async (endpoint: string): Promise<SendResult> => {
      const { publicKey, authSecret } = browser.keys;
      const subscription = [endpoint, publicKey.toString('base64url'), authSecret.toString('base64url')];
      const to = JSON.stringify(['0'.repeat(32), JSON.stringify(subscription)]);
      return channel.send(aMessage({ method: 'push', to }), 5_000);
    };
    answer = { status: 401, headers: {} };
    for (const endpoint of ['http://127.0.0.1:9/', `${origin()}/push/a`]) {
      const result = await sendTo(endpoint);
      expect(result).to.include({ kind: 'refused', permanent: false }).and.not.have.property('toAll');
    }
  });
});
