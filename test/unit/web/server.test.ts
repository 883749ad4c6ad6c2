import { copyFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { once } from 'node:events';
import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { makeCertificate, type TestCertificate } from '../../peer/certificate.ts';
import { peer } from '../../peer/peer.ts';
import { makeTempDir, removeTempDir } from '../../peer/temp-dir.ts';
import { type ApprovalScene, approvalScene, path } from '../../support/approval-scene.ts';

describe('the web server', () => {
  let scene: ApprovalScene;
  afterEach(() => scene.web.close());

  const post = (headers: Readonly<Record<string, string>>, body = 'decision=approve'): Promise<Response> =>
    fetch(`${scene.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    });

  it('says the same strict headers with every answer', async () => {
    scene = await approvalScene();
    const answers = [
      await fetch(`${scene.url}${path}`),
      await fetch(`${scene.url}/style.css`),
      await fetch(`${scene.url}/nowhere`),
      await post({ Origin: 'https://evil.example' }),
      await post({}, 'x'.repeat(9_000)),
    ];
    scene.failure = new Error('no store');
    answers.push(await fetch(`${scene.url}${path}`));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 404, 403, 413, 500]);
    for (const { headers } of answers) {
      expect(headers.get('content-security-policy')?.split('; ')).to.have.members([
        "default-src 'none'",
        "style-src 'self'",
        'img-src data:',
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('referrer-policy')).to.equal('same-origin');
      expect(headers.get('cache-control')).to.equal('no-store');
      expect(headers.get('set-cookie')).to.equal(null);
      expect(headers.get('strict-transport-security')).to.equal(null);
    }
  });

  it('tells browsers to keep to https behind a proxy that speaks it, and takes its Origin', async () => {
    scene = await approvalScene({}, { url: 'https://mfa.example.com', trustedProxies: ['127.0.0.1'] });
    const answer = await post({ Origin: 'https://mfa.example.com' });
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('strict-transport-security')).to.equal('max-age=31536000');
  });

  for (const [title, headers] of [
    ['another origin', { Origin: 'https://evil.example' }],
    ['no origin that it would tell', { Origin: 'null' }],
    ['the same host at another port', { Origin: 'http://127.0.0.1:1' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another host of the same site', { 'Sec-Fetch-Site': 'same-site' }],
  ] as const)
    it(`refuses a press from ${title}`, async () => {
      scene = await approvalScene();
      expect((await post(headers)).status).to.equal(403);
      expect(scene.presses).to.deep.equal([]);
    });

  it('takes a press from its own page', async () => {
    scene = await approvalScene();
    expect((await post({ Origin: scene.url, 'Sec-Fetch-Site': 'same-origin' })).status).to.equal(200);
    expect(scene.presses).to.have.length(1);
  });

  it('refuses a body that is too large, told or not', async () => {
    scene = await approvalScene();
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`decision=approve&x=${'x'.repeat(9_000)}`));
        controller.close();
      },
    });
    const streamed = await fetch(`${scene.url}${path}`, { method: 'POST', body: chunks, duplex: 'half' });
    expect(streamed.status).to.equal(413);
    expect(scene.presses).to.deep.equal([]);
  });

  it('logs a failure in one line that has no path, and tells the user nothing of it', async () => {
    scene = await approvalScene();
    scene.failure = new Error('the store is away');
    const text = await (await fetch(`${scene.url}${path}`)).text();
    expect(text).not.to.contain('store');
    expect(scene.lines).to.have.length(1);
    expect(scene.lines[0]).to.deep.include({ level: 40, why: 'the store is away', msg: 'a web page failed' });
    expect(JSON.stringify(scene.lines)).not.to.contain(path.slice(3));
  });

  it('limits each client behind a trusted proxy by itself', async () => {
    scene = await approvalScene({}, { trustedProxies: ['127.0.0.1'] });
    const ask = async (address: string): Promise<number> => {
      const answer = await fetch(`${scene.url}/style.css`, { headers: { 'X-Forwarded-For': address } });
      await answer.arrayBuffer();
      return answer.status;
    };
    const statuses = new Set<number>();
    for (let i = 0; i < 600; i++) statuses.add(await ask(`198.51.100.${i % 200}, 192.0.2.1`));
    expect([...statuses]).to.deep.equal([200]);
    expect(await ask('192.0.2.1')).to.equal(429);
    expect(await ask('192.0.2.2')).to.equal(200);
  });

  for (const [title, request] of [
    ['no host', 'GET / HTTP/1.0\r\n\r\n'],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a target that is none', 'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n'],
  ] as const)
    it(`says of ${title} that the request is bad, and a flood of them is one line`, async () => {
      scene = await approvalScene();
      for (let i = 0; i < 3; i++) {
        const socket = connectTcp(Number(new URL(scene.url).port), '127.0.0.1');
        socket.write(request);
        const [first] = (await once(socket, 'data')) as [Buffer];
        expect(first.toString()).to.match(/^HTTP\/1\.1 400 /);
        expect(first.toString()).to.include("default-src 'none'");
        socket.destroy();
      }
      expect(scene.lines.map(({ msg }) => msg)).to.deep.equal(['a web request failed']);
    });

  it('does not answer headers that are too long, and goes on', async () => {
    scene = await approvalScene();
    const socket = connectTcp(Number(new URL(scene.url).port), '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).to.match(/^HTTP\/1\.1 431 /);
    socket.destroy();
    expect((await fetch(`${scene.url}/style.css`)).status).to.equal(200);
  });

  /** Connections that say nothing. */
  const openFrom = async (localAddress: string, count: number): Promise<Socket[]> => {
    const sockets: Socket[] = [];
    for (let i = 0; i < count; i++) {
      const socket = connectTcp({ port: Number(new URL(scene.url).port), host: '127.0.0.1', localAddress });
      sockets.push(socket);
      await once(socket, 'connect');
    }
    return sockets;
  };
  /** Of an answer, on a connection of its own; undefined if that is closed. */
  const statusFrom = (localAddress: string): Promise<number | undefined> =>
    new Promise((resolve) => {
      get(`${scene.url}/style.css`, { localAddress, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', () => resolve(undefined));
    });

  it('has room for others while one host holds as many connections as it can, and for it again as they end', async () => {
    scene = await approvalScene();
    const sockets = await openFrom('127.0.0.2', 200);
    expect(await statusFrom('127.0.0.2')).to.equal(undefined);
    expect(await statusFrom('127.0.0.3')).to.equal(200);
    expect(scene.lines.map(({ address }) => address)).to.deep.equal(['127.0.0.2']);
    for (const socket of sockets) socket.destroy();
    while ((await statusFrom('127.0.0.2')) !== 200);
  });

  it('counts no connections of a trusted proxy', async () => {
    scene = await approvalScene({}, { trustedProxies: ['127.0.0.2'] });
    const sockets = await openFrom('127.0.0.2', 201);
    expect(await statusFrom('127.0.0.2')).to.equal(200);
    for (const socket of sockets) socket.destroy();
  });

  it('says which address it cannot have', async () => {
    scene = await approvalScene();
    const endpoints = [{ host: '127.0.0.1', port: Number(new URL(scene.url).port) }];
    const error: unknown = await approvalScene({}, { endpoints }).catch((error: unknown) => error);
    expect(error).to.be.instanceOf(OperatorError).with.property('code', 'web-failed');
  });
});

peer('openssl')('the web server with a certificate', () => {
  let dir: string;
  let other: string;
  let tls: TestCertificate;
  let next: TestCertificate;
  let scene: ApprovalScene | undefined;
  beforeEach(async () => {
    dir = await makeTempDir('web');
    other = await makeTempDir('web-next');
    tls = await makeCertificate(dir, '127.0.0.1');
    next = await makeCertificate(other, 'next.example');
  });
  afterEach(async () => {
    await scene?.web.close();
    scene = undefined;
    await removeTempDir(dir);
    await removeTempDir(other);
  });

  const shownBy = async ({ url }: ApprovalScene): Promise<PeerCertificate> => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerCertificate();
    socket.destroy();
    return certificate;
  };
  const last = ({ lines }: ApprovalScene): unknown => lines.at(-1)?.['msg'];

  it('shows the new one once its files are read anew; a broken one changes nothing', async () => {
    scene = await approvalScene({}, { tls });
    expect((await shownBy(scene)).subject.CN).to.equal('127.0.0.1');

    await writeFile(tls.certificate, 'no certificate');
    scene.web.reloadCertificate();
    expect(last(scene)).to.equal('the new certificate cannot be used; the old one stays');
    expect((await shownBy(scene)).subject.CN).to.equal('127.0.0.1');

    // Between the two copies of a renewal they don't belong together.
    await copyFile(next.certificate, tls.certificate);
    scene.web.reloadCertificate();
    expect(last(scene)).to.equal('the new certificate cannot be used; the old one stays');
    expect((await shownBy(scene)).subject.CN).to.equal('127.0.0.1');

    await copyFile(next.key, tls.key);
    scene.web.reloadCertificate();
    expect(last(scene)).to.equal('the certificate of the web server was read anew');
    expect((await shownBy(scene)).subject.CN).to.equal('next.example');
  });

  it('has room for a host again as its connections end, in the handshake or after it', async function () {
    this.timeout(30_000);
    scene = await approvalScene({}, { tls });
    const port = Number(new URL(scene.url).port);
    for (let i = 0; i < 201; i++) {
      const silent = connectTcp(port, '127.0.0.1');
      await once(silent, 'connect');
      silent.destroy();
      await shownBy(scene);
    }
    expect(scene.lines).to.deep.equal([]);
    const sockets = Array.from({ length: 201 }, () => connectTcp(port, '127.0.0.1').on('error', () => undefined));
    await Promise.race(sockets.map((socket) => once(socket.resume(), 'close')));
    for (const socket of sockets) socket.destroy();
    expect(scene.lines.map(({ address }) => address)).to.deep.equal(['127.0.0.1']);
  });

  it('lets go at once of who has not finished the TLS handshake, or nothing else', async function () {
    // Without it the time-out of the handshake, 10 s, has to pass.
    this.timeout(9_000);
    scene = await approvalScene({}, { tls });
    const port = Number(new URL(scene.url).port);
    const silent = connectTcp(port, '127.0.0.1');
    const secured = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await Promise.all([once(silent, 'connect'), once(secured, 'secureConnect')]);
    const gone = [silent, secured].map((socket) => once(socket.on('error', () => undefined).resume(), 'close'));
    await scene.web.close();
    await Promise.all(gone);
  });

  it('does not start with files that cannot be used', async () => {
    for (const bad of [
      { ...tls, key: next.key },
      { ...tls, certificate: `${tls.certificate}.missing` },
    ]) {
      const error: unknown = await approvalScene({}, { tls: bad }).catch((error: unknown) => error);
      expect(error).to.be.instanceOf(OperatorError).with.property('code', 'certificate-unreadable');
    }
  });
});
