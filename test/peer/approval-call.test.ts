import { expect } from 'chai';
import { startAnswerScene, type AnswerScene } from './answer-scene.ts';
import { Code } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { SmsGateway } from './sms-gateway.ts';
import { accountToken, twilioProvider, twilioSignature } from './twilio.ts';

/** Of letters that addresses have only encoded. */
const provider = 'Anrufe für EU';
const users = ['yes', 'no', 'fraud', 'busy', 'quiet', 'box', 'hung', 'wrong', 'eap', 'other'] as const;
type User = (typeof users)[number];
const phoneOf = (user: User): string => `+336123456${10 + users.indexOf(user)}`;

peer('freeradius', 'eapol_test')('approvals by a call, FreeRADIUS upstream', function () {
  this.timeout(40_000);
  let twilio: SmsGateway;
  let answering: AnswerScene;
  let page: string;

  before(async function () {
    this.timeout(90_000);
    twilio = await SmsGateway.start();
    twilio.behaviour = { kind: 'answer', status: 201, body: '{"sid":"CA1"}' };
    answering = await startAnswerScene({
      phones: Object.fromEntries(users.map((user) => [user, phoneOf(user)])),
      more: `[approval]\nchannels = ["voice"]\n${twilioProvider(provider, 'voice', twilio.url)}`,
    });
    ({ page } = answering);
  });
  after(async () => {
    await answering?.stop();
    await twilio?.stop();
  });

  const sign = (at: string, fields: Readonly<Record<string, string>>, token = accountToken): string =>
    twilioSignature(at, fields, token);
  const post = (
    at: string,
    fields: Readonly<Record<string, string>>,
    signature = sign(at, fields),
  ): Promise<Response> =>
    fetch(at, { method: 'POST', headers: { 'X-Twilio-Signature': signature }, body: new URLSearchParams(fields) });
  /** The call to a user: where it asks what to say. */
  const callOf = async (user: User): Promise<string> => {
    const { body } = await twilio.calls.waitFor((call) => {
      const form = new URLSearchParams(call.body);
      return (
        call.url.endsWith('/Calls.json') && form.get('To') === phoneOf(user) && !answered.has(form.get('Url') ?? '')
      );
    }, `the call to ${user}`);
    const at = new URLSearchParams(body).get('Url') ?? expect.fail(body);
    answered.add(at);
    return at;
  };
  const answered = new Set<string>();
  const picked = { CallSid: 'CA1', AnsweredBy: 'human' };
  /** A login as RD Gateway's NPS asks for it. */
  const login = async (user: User) => {
    const waiting = await answering.login(user);
    const at = await callOf(user);
    return { ...waiting, at };
  };
  const reasonOf = async (user: User): Promise<unknown> =>
    (await answering.scene.radgate.waitForLogin(user, 'reject'))['reason'];

  it('the voice names the application and the keys; the key lets in, and its replay nobody', async () => {
    const { at, code, client } = await login('yes');
    const asked = await (await post(at, picked)).text();
    expect(asked)
      .to.contain('the &lt;Desktop&gt; with your name')
      .and.contain('press 1')
      .and.contain(`action="${at}/key"`);
    const key = { CallSid: 'CA1', Digits: '1' };
    // Forged, by another key, altered, of another login.
    expect((await post(`${at}/key`, key, '')).status).to.equal(403);
    expect((await post(`${at}/key`, key, sign(`${at}/key`, key, 'secret-of-the-key'))).status).to.equal(403);
    expect((await post(`${at}/key`, { ...key, Digits: '0' }, sign(`${at}/key`, key))).status).to.equal(403);
    expect((await post(`${at}/key`, key, sign(at, key))).status).to.equal(403);
    expect((await post(`${at}/status`, { CallStatus: 'busy' }, '')).status).to.equal(403);
    const called = `/calls/${encodeURIComponent(provider)}/`;
    const foreign = `${page}${called}${Buffer.alloc(16, 7).toString('base64url')}/key`;
    expect(await (await post(foreign, key)).text()).to.contain('That login is over');
    // What leads to a call is no address of a page.
    expect((await fetch(at.replace(called, '/a/'))).status).to.equal(404);
    expect(client.unread).to.equal(0);

    expect(await (await post(`${at}/key`, key)).text()).to.contain('You are logged in');
    expect(await code()).to.equal(Code.accessAccept);
    await post(`${at}/status`, { CallStatus: 'completed' });
    const other = await login('other');
    expect(await (await post(`${at}/key`, key)).text()).to.contain('That login is over');
    expect(other.client.unread).to.equal(0);
    await post(`${other.at}/key`, { CallSid: 'CA2', Digits: '2' });
    expect(await other.code(), 'any other key').to.equal(Code.accessReject);
  });

  for (const [user, status, reason] of [
    ['busy', 'busy', 'call-busy'],
    ['quiet', 'no-answer', 'call-no-answer'],
    ['wrong', 'failed', 'call-failed'],
    ['hung', 'completed', 'call-hung-up'],
  ] as const)
    it(`a call that ends "${status}" ends the login at once, as ${reason}`, async () => {
      const { at, code } = await login(user);
      if (user === 'hung') await post(at, picked);
      expect((await post(`${at}/status`, { CallStatus: 'ringing' })).status).to.equal(204);
      expect((await post(`${at}/status`, { CallStatus: status })).status).to.equal(204);
      expect(await code()).to.equal(Code.accessReject);
      expect(await reasonOf(user)).to.equal(reason);
      expect(await (await post(`${at}/key`, { Digits: '1' })).text(), 'a key that comes late').to.contain('over');
    });

  it('a mailbox hears nothing of the login', async () => {
    const { at, code } = await login('box');
    const said = await (await post(at, { CallSid: 'CA1', AnsweredBy: 'machine_start' })).text();
    expect(said).to.not.contain('Desktop').and.not.contain('Say');
    expect(await code()).to.equal(Code.accessReject);
    expect(await reasonOf('box')).to.equal('call-machine');
  });

  it('the fraud key declines, and blocks', async () => {
    const { at, code } = await login('fraud');
    await post(at, picked);
    await post(`${at}/key`, { Digits: '0' });
    expect(await code()).to.equal(Code.accessReject);
    expect(await reasonOf('fraud')).to.equal('approval-fraud');
    const { stdout } = await succeed(answering.scene.radgate.cli(['user', 'show', 'fraud']));
    expect(stdout).to.match(/the user reported a login/);
  });

  it('a MS-CHAPv2 login waits for the key, and its keys are right', async () => {
    const running = answering.eap('eap');
    const at = await callOf('eap');
    await post(at, picked);
    await post(`${at}/key`, { Digits: '1' });
    const result = await running;
    expect(result.success, result.output).to.equal(true);
  });

  it('nothing of the calls is in the log', async () => {
    await answering.scene.radgate.waitForLogin('eap', 'accept');
    const log = JSON.stringify(answering.scene.radgate.log);
    for (const secret of [
      accountToken,
      ...users.map(phoneOf),
      ...[...answered].map((at) => at.split('/').at(-1) ?? ''),
    ])
      expect(log.includes(secret), secret).to.equal(false);
  });
});
