import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { SendResult } from '../../../src/deliver/channel.ts';
import { HttpChannel, type HttpOptions } from '../../../src/deliver/http.ts';
import { TwilioChannel } from '../../../src/deliver/twilio.ts';
import { SmsGateway, taken, type Behaviour } from '../../peer/sms-gateway.ts';
import { aMessage } from '../../support/a-message.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { httpOptions } from '../../support/http-options.ts';

describe('deliver: HTTP gateways', () => {
  let gateway: SmsGateway;
  beforeEach(async () => void (gateway = await SmsGateway.start()));
  afterEach(() => gateway.stop());

  const clock = new FakeClock(Date.UTC(2024, 0, 1, 12));
  const options = (more: Partial<HttpOptions> = {}): HttpOptions => httpOptions(`${gateway.url}/send`, more);
  const send = (more: Partial<HttpOptions> = {}, patience = 5_000): Promise<SendResult> =>
    new HttpChannel(options(more), clock).send(aMessage(), patience);
  const behaves = async (
    behaviour: Behaviour,
    more: Partial<HttpOptions> = {},
    patience = 5_000,
  ): Promise<SendResult> => {
    gateway.behaviour = behaviour;
    return send(more, patience);
  };
  const answer = (status: number, body = '{}', headers: Record<string, string> = {}): Behaviour => ({
    kind: 'answer',
    status,
    body,
    headers,
  });

  it('sends a form, with every value in its place and nothing beside it', async () => {
    expect(await send()).to.deep.equal({ kind: 'sent', providerId: 'g-1' });
    const [call] = gateway.calls.entries;
    expect(Object.fromEntries(new URLSearchParams(call?.body))).to.deep.equal({
      to: '+33612345612',
      from: 'RADGATE',
      text: aMessage().text,
    });
  });

  it('sends JSON, whose strings a value can not leave, with secrets in headers', async () => {
    const json = '{"messages":[{"to":"{to_digits}","text":"{text}","n":1}]}';
    const more = { form: undefined, json, token: 't-secret', username: 'u', password: 'p:w' };
    await send({ ...more, headers: [['X-Api-Key', '{token}']] });
    const [call] = gateway.calls.entries;
    expect(JSON.parse(call?.body ?? '')).to.deep.equal({
      messages: [{ to: '33612345612', text: aMessage().text, n: 1 }],
    });
    expect(call?.headers).to.include({
      'x-api-key': 't-secret',
      authorization: `Basic ${Buffer.from('u:p:w').toString('base64')}`,
      'content-type': 'application/json',
    });
  });

  it('sends a GET with its values in the URL', async () => {
    await send({ method: 'GET', form: undefined, url: `${gateway.url}/x?to={to}&text={text}` });
    const [call] = gateway.calls.entries;
    expect(call?.body).to.equal('');
    expect(Object.fromEntries(new URL(call?.url ?? '', gateway.url).searchParams)).to.deep.equal({
      to: '+33612345612',
      text: aMessage().text,
    });
  });

  it('believes what the answer says, not its status alone', async () => {
    const rule = { successPath: 'status', successValues: ['accepted'] };
    expect(await behaves(taken, rule)).to.include({ kind: 'sent' });
    const bad = await behaves(answer(200, '{"status":"failed","error":"no credit"}'), rule);
    expect(bad).to.deep.equal({ kind: 'refused', why: 'no credit', permanent: false });
    expect(await behaves(answer(200, '<html>garbage'), rule)).to.include({ kind: 'unsure' });
    expect(await behaves(answer(201, '{"id":"x"}'), { successStatus: [200] })).to.include({ kind: 'refused' });
  });

  for (const [status, kind, permanent] of [
    [400, 'refused', true],
    [401, 'refused', false],
    [402, 'refused', false],
    [404, 'refused', false],
    [422, 'refused', true],
    [429, 'refused', false],
    [500, 'unsure', undefined],
    [502, 'unsure', undefined],
    [503, 'refused', false],
  ] as const)
    it(`HTTP ${status} is ${kind}${permanent ? ' for good' : ''}`, async () => {
      const result = await behaves(answer(status));
      expect(result.kind).to.equal(kind);
      expect('permanent' in result ? result.permanent : undefined).to.equal(permanent);
      // What an answer says may be about this number; that it does not know who asks is not.
      expect('toAll' in result).to.equal(status === 401);
    });

  it('heeds Retry-After, in seconds and as a date, and for no longer than 10 minutes', async () => {
    const after = async (value: string): Promise<unknown> => {
      const result = await behaves(answer(429, '{}', { 'retry-after': value }));
      return 'retryAfter' in result ? result.retryAfter : undefined;
    };
    expect(await after('7')).to.equal(7_000);
    expect(await after('Mon, 01 Jan 2024 12:00:09 GMT')).to.equal(9_000);
    expect(await after('86400')).to.equal(600_000);
    expect(await after('soon')).to.equal(undefined);
  });

  it('follows no redirect, which would carry the secret elsewhere', async () => {
    const result = await behaves(answer(307, '', { location: `${gateway.url}/elsewhere` }));
    expect(result).to.include({ kind: 'refused', permanent: false });
    expect(gateway.calls.entries).to.have.length(1);
  });

  it('waits no longer than it may for what hangs, before or within the answer', async () => {
    for (const kind of ['hung', 'stuck'] as const) {
      const result = await behaves({ kind }, {}, 300);
      expect(result.kind, kind).to.equal('unsure');
    }
    expect(await behaves({ kind: 'broken' })).to.include({ kind: 'unsure' });
  });

  it('reads no endless answer', async () => {
    expect(await behaves(answer(200, ' '.repeat(300_000)))).to.deep.equal({ kind: 'sent', providerId: null });
  });

  it('tells nothing of the message when a gateway echoes it', async () => {
    const echo = JSON.stringify({ error: `bad: ${aMessage().text} / 9 1 8 2 7 3 / +33612345612 / 33612345612` });
    const result = await behaves(answer(400, echo));
    if (result.kind !== 'refused') return expect.fail(result.kind);
    expect(result.why)
      .to.contain('bad:')
      .and.not.to.match(/918273|9 1 8|612345612|the VPN/);
  });

  it('says that nobody listens, and that a certificate is not accepted', async () => {
    const { url } = gateway;
    await gateway.stop();
    const down = await send({ url });
    expect(down).to.deep.equal({
      kind: 'refused',
      why: 'it cannot be reached (ECONNREFUSED)',
      permanent: false,
      toAll: true,
    });
    gateway = await SmsGateway.start();

    const dir = mkdtempSync(join(tmpdir(), 'radgate-tls-'));
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x'];
    execFileSync('openssl', [...args, '-keyout', join(dir, 'key'), '-out', join(dir, 'pem')], { stdio: 'ignore' });
    const server = createServer({ key: readFileSync(join(dir, 'key')), cert: readFileSync(join(dir, 'pem')) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const result = await send({ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    server.close();
    rmSync(dir, { recursive: true });
    if (result.kind !== 'refused') return expect.fail(result.kind);
    expect(result.why).to.match(/TLS certificate .* is not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT/);
  });

  describe('Twilio', () => {
    const twilio = (calls?: string): TwilioChannel =>
      new TwilioChannel(
        {
          url: gateway.url,
          accountSid: `AC${'0'.repeat(32)}`,
          user: `SK${'1'.repeat(32)}`,
          authToken: 'tw-secret',
          messagingService: undefined,
          voice: undefined,
          calls,
        },
        clock,
      );

    it('takes a text', async () => {
      gateway.behaviour = answer(201, '{"sid":"SM1","status":"queued"}');
      expect(await twilio().send(aMessage({ from: '+15551234567' }), 5_000)).to.deep.equal({
        kind: 'sent',
        providerId: 'SM1',
      });
      const [call] = gateway.calls.entries;
      expect(call?.url).to.equal(`/2010-04-01/Accounts/AC${'0'.repeat(32)}/Messages.json`);
      expect(Object.fromEntries(new URLSearchParams(call?.body))).to.deep.equal({
        To: '+33612345612',
        From: '+15551234567',
        Body: aMessage().text,
      });
    });

    it('takes a call that asks for a key, if its requests can be told from forged ones', async () => {
      gateway.behaviour = answer(201, '{"sid":"CA1"}');
      const message = aMessage({ method: 'voice', call: 'SECRET', from: '+15551234567' });
      await twilio('https://radgate.example/calls/voice').send(message, 5_000);
      const at = 'https://radgate.example/calls/voice/SECRET';
      expect(Object.fromEntries(new URLSearchParams(gateway.calls.entries[0]?.body))).to.deep.equal({
        To: '+33612345612',
        From: '+15551234567',
        Url: at,
        StatusCallback: `${at}/status`,
        MachineDetection: 'Enable',
        Timeout: '30',
      });
      expect(await twilio().send(message, 5_000)).to.include({ kind: 'refused', permanent: true });
      expect(gateway.calls.entries).to.have.length(1);
    });

    it('takes a call that reads the code twice, to an extension', async () => {
      gateway.behaviour = answer(201, '{"sid":"CA1"}');
      const text = 'Code: 1, 2.\nAgain: 1, 2.\n<Dial>';
      await twilio().send(aMessage({ method: 'voice', text, extension: '42', language: 'fr' }), 5_000);
      const form = new URLSearchParams(gateway.calls.entries[0]?.body);
      expect(form.get('SendDigits')).to.equal('wwww4w2');
      const said = form.get('Twiml') ?? '';
      expect(said.match(/<Say language="fr-FR">/g)).to.have.length(3);
      expect(said)
        .to.contain('Code: 1, 2.</Say><Pause length="1"/><Say language="fr-FR">Again')
        .and.contain('&lt;Dial&gt;');
    });

    it('says what Twilio says: of the number for good, of the account for now', async () => {
      gateway.behaviour = answer(400, '{"code":21211,"message":"Invalid To +33612345612"}');
      const bad = await twilio().send(aMessage(), 5_000);
      expect(bad).to.deep.equal({ kind: 'refused', why: 'Invalid To *** (Twilio 21211)', permanent: true });
      gateway.behaviour = answer(400, '{"code":21606,"message":"From is not yours"}');
      expect(await twilio().send(aMessage(), 5_000)).to.include({ kind: 'refused', permanent: false });
    });
  });
});
