import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Channel, SendResult } from '../../../src/deliver/channel.ts';
import { FileChannel } from '../../../src/deliver/file.ts';
import { HttpChannel } from '../../../src/deliver/http.ts';
import { NtfyChannel, topicName } from '../../../src/deliver/ntfy.ts';
import { scrub } from '../../../src/deliver/scrub.ts';
import { WebhookChannel } from '../../../src/deliver/webhook.ts';
import { SmsGateway } from '../../peer/sms-gateway.ts';
import { aMessage } from '../../support/a-message.ts';
import { aNotice, noticeSecret } from '../../support/a-notice.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { httpOptions } from '../../support/http-options.ts';

const clock = new FakeClock(Date.UTC(2024, 0, 1, 12, 0, 3));
const secret = Buffer.from('webhook-secret-0123456789');

describe('deliver: notifications', () => {
  let server: SmsGateway;
  beforeEach(async () => void (server = await SmsGateway.start()));
  afterEach(() => server.stop());

  const ntfy = (topic = 'radgate-4f2a-{user}', token: string | undefined = 'tk_secret'): NtfyChannel =>
    new NtfyChannel({ url: server.url, topic, token }, clock);
  const webhook = (headers: readonly (readonly [string, string])[] = []): WebhookChannel =>
    new WebhookChannel({ url: `${server.url}/hook`, headers, secret }, clock);
  const answer = (status: number, body = '', headers: Record<string, string> = {}): void => {
    server.behaviour = { kind: 'answer', status, body, headers };
  };
  const only = () => server.calls.entries[0] ?? expect.fail('nothing was sent');
  const whyOf = (result: SendResult): string => ('why' in result ? result.why : expect.fail(result.kind));

  describe('ntfy', () => {
    it('publishes JSON to the root, with two buttons that post and clear (docs.ntfy.sh, "Publish as JSON")', async () => {
      answer(200, '{"id":"xE73Iyuabi","event":"message","topic":"radgate-4f2a-alice"}');
      expect(await ntfy().send(aNotice(), 5_000)).to.deep.equal({ kind: 'sent', providerId: 'xE73Iyuabi' });
      const { method, url, headers, body } = only();
      expect([method, url, headers['content-type']]).to.deep.equal(['POST', '/', 'application/json']);
      expect(headers['authorization']).to.equal('Bearer tk_secret');
      const link = `https://mfa.corp.example/a/${noticeSecret}`;
      expect(JSON.parse(body)).to.deep.equal({
        topic: 'radgate-4f2a-alice',
        title: 'Approve your login to the VPN?',
        message: 'From 198.51.100.7. If this is not you, decline.',
        click: link,
        priority: 4,
        actions: [
          { action: 'http', label: 'Approve', url: `${link}/approve`, method: 'POST', clear: true },
          { action: 'http', label: 'Decline', url: `${link}/decline`, method: 'POST', clear: true },
        ],
      });
    });

    it('has no button to approve where a number is to be picked, and speaks French', async () => {
      await ntfy().send(aNotice({ language: 'fr' }, { approve: null }), 5_000);
      const { actions } = JSON.parse(only().body) as { readonly actions: readonly { readonly label: string }[] };
      expect(actions.map(({ label }) => label)).to.deep.equal(['Refuser']);
    });

    it('sends no credentials where it has none', async () => {
      await new NtfyChannel({ url: server.url, topic: '{user}', token: undefined }, clock).send(aNotice(), 5_000);
      expect(only().headers).not.to.have.property('authorization');
    });

    it('makes topics of names, none of two names', () => {
      expect(topicName('alice')).to.equal('alice');
      expect(topicName('alice@corp.example')).to.equal('alice_40corp_2eexample');
      const names = ['a_b', 'a b', 'a/b', 'a_20b', 'aé', 'a_c3a9', 'a,b', 'a\u{1f600}'];
      const topics = names.map(topicName);
      expect(new Set(topics)).to.have.property('size', names.length);
      for (const topic of topics) expect(topic).to.match(/^[-_A-Za-z0-9]{1,64}$/);
    });

    it('says that a topic is too long, without asking', async () => {
      const result = await ntfy().send(aNotice({ to: 'a'.repeat(52) }), 5_000);
      expect(result).to.include({ kind: 'refused', permanent: true });
      expect(whyOf(result)).to.match(/longer than 64/);
      expect(server.calls.entries).to.have.length(0);
      expect(await ntfy().send(aNotice({ to: 'a'.repeat(51) }), 5_000)).to.include({ kind: 'sent' });
    });

    it('tells in its own words why it refused, and neither topic nor link', async () => {
      const error = `limit reached for radgate-4f2a-alice at /a/${noticeSecret}`;
      answer(429, JSON.stringify({ code: 42901, http: 429, error }), { 'retry-after': '5' });
      const result = await ntfy().send(aNotice(), 5_000);
      expect(result).to.include({ kind: 'refused', permanent: false, retryAfter: 5_000 });
      expect(whyOf(result)).to.contain('limit reached for *** at /a/***');
    });
  });

  describe('webhook', () => {
    it('posts what the notice says, signed with the time', async () => {
      expect(await webhook([['X-Tenant', 'vpn']]).send(aNotice(), 5_000)).to.deep.equal({
        kind: 'sent',
        providerId: null,
      });
      const { method, url, headers, body } = only();
      expect([method, url, headers['x-tenant']]).to.deep.equal(['POST', '/hook', 'vpn']);
      expect(headers['content-type']).to.equal('application/json');
      const link = `https://mfa.corp.example/a/${noticeSecret}`;
      expect(JSON.parse(body)).to.deep.equal({
        id: 'message-1',
        user: 'alice',
        title: 'Approve your login to the VPN?',
        text: 'From 198.51.100.7. If this is not you, decline.',
        language: 'en',
        link,
        approve: `${link}/approve`,
        decline: `${link}/decline`,
        application: 'the VPN',
        client: 'vpn',
        device: '198.51.100.7',
        at: '2024-01-01T12:00:00.000Z',
        expires: '2024-01-01T12:01:00.000Z',
      });
      const seconds = Date.UTC(2024, 0, 1, 12, 0, 3) / 1000;
      const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
      expect(headers['x-radgate-signature']).to.equal(`t=${seconds},v1=${mac}`);
    });

    it('lets no header of the config stand for its own', async () => {
      await webhook([
        ['X-Radgate-Signature', 't=1,v1=00'],
        ['Content-Type', 'text/plain'],
      ]).send(aNotice({}, { approve: null, device: null }), 5_000);
      const { headers, body } = only();
      expect(headers['x-radgate-signature']).to.match(/^t=\d+,v1=[0-9a-f]{64}$/);
      expect(headers['content-type']).to.equal('application/json');
      expect(JSON.parse(body)).to.include({ approve: null, device: null });
    });
  });

  for (const [name, make] of [
    ['ntfy', () => ntfy()],
    ['webhook', () => webhook()],
  ] as const satisfies readonly (readonly [string, () => Channel])[]) {
    for (const [status, kind, permanent] of [
      [200, 'sent', undefined],
      [400, 'refused', true],
      [401, 'refused', false],
      [404, 'refused', false],
      [429, 'refused', false],
      [500, 'unsure', undefined],
      [503, 'refused', false],
    ] as const)
      it(`${name}: HTTP ${status} is ${kind}${permanent ? ' for good' : ''}`, async () => {
        answer(status);
        const result = await make().send(aNotice(), 5_000);
        expect(result.kind).to.equal(kind);
        expect('permanent' in result ? result.permanent : undefined).to.equal(permanent);
      });

    it(`${name}: follows no redirect, waits no longer than it may, and tells nothing that is secret`, async () => {
      answer(307, '', { location: `${server.url}/elsewhere` });
      const results = [await make().send(aNotice(), 5_000)];
      expect(server.calls.entries).to.have.length(1);
      server.behaviour = { kind: 'hung' };
      results.push(await make().send(aNotice(), 300));
      server.behaviour = { kind: 'broken' };
      results.push(await make().send(aNotice(), 5_000));
      expect(results.map((result) => result.kind)).to.deep.equal(['refused', 'unsure', 'unsure']);
      answer(400, server.calls.entries[0]?.body);
      results.push(await make().send(aNotice(), 5_000));
      expect(JSON.stringify(results)).not.to.match(new RegExp(`${noticeSecret}|tk_secret|webhook-secret`));
    });

    it(`${name}: takes nothing but notices`, async () => {
      expect(await make().send(aMessage(), 5_000)).to.include({ kind: 'refused', permanent: true });
      expect(server.calls.entries).to.have.length(0);
    });
  }

  it('a file holds the whole notice', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'radgate-notices-'));
    await new FileChannel(dir).send(aNotice());
    const written = JSON.parse(readFileSync(join(dir, 'message-1.json'), 'utf8')) as unknown;
    rmSync(dir, { recursive: true });
    expect(written).to.deep.include({ method: 'notify', to: 'alice', actions: aNotice().actions });
  });

  it('a gateway that fills in codes alone gets no notice, and one that fills in texts does', async () => {
    const gateway = (form: string): Channel => new HttpChannel(httpOptions(server.url, { form }), clock);
    const notice = aNotice({ method: 'sms', to: '+33612345612' });
    expect(await gateway('to={to}&code={code}').send(notice, 5_000)).to.include({ kind: 'refused', permanent: true });
    expect(server.calls.entries).to.have.length(0);
    expect(await gateway('to={to}&code={code}').send(aMessage(), 5_000)).to.include({ kind: 'sent' });
    expect(await gateway('to={to}&text={text}').send(notice, 5_000)).to.include({ kind: 'sent' });
  });

  it('scrubs links out of what a provider says, also of a mail that has no buttons', () => {
    const { actions: _, ...mail } = aNotice({
      text: `Set it up here:\n\nhttps://mfa.corp.example/e/${noticeSecret}\n`,
    });
    expect(scrub(`spam: .../e/${noticeSecret} (ref 1234567)`, mail)).to.equal('spam: .../e/*** (ref 1234567)');
    expect(scrub(`echo ${mail.text}`, mail)).to.equal('echo ***');
    expect(scrub(`see /a/${noticeSecret}/approve`, aNotice())).to.equal('see /a/***/approve');
  });
});
