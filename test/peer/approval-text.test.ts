import { expect } from 'chai';
import { startAnswerScene, type AnswerScene } from './answer-scene.ts';
import { Code } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { SmsGateway } from './sms-gateway.ts';
import { accountToken, twilioProvider, twilioSignature } from './twilio.ts';

/** Of letters that addresses have only encoded. */
const provider = 'Texte für EU';
const phones: Readonly<Record<string, string>> = { yes: '+33612345610', no: '+33612345611', late: '+33612345612' };

peer('freeradius')('approvals by an answer to a text, FreeRADIUS upstream', function () {
  this.timeout(40_000);
  let twilio: SmsGateway;
  let answering: AnswerScene;
  let page: string;

  before(async function () {
    this.timeout(90_000);
    twilio = await SmsGateway.start();
    twilio.behaviour = { kind: 'answer', status: 201, body: '{"sid":"SM1"}' };
    answering = await startAnswerScene({
      phones,
      more: twilioProvider(provider, 'sms', twilio.url),
    });
    ({ page } = answering);
  });
  after(async () => {
    await answering?.stop();
    await twilio?.stop();
  });

  const address = (): string => `${page}/texts/${encodeURIComponent(provider)}`;
  const sign = (fields: Readonly<Record<string, string>>, token = accountToken): string =>
    twilioSignature(address(), fields, token);
  const post = (fields: Readonly<Record<string, string>>, signature = sign(fields)): Promise<Response> =>
    fetch(address(), {
      method: 'POST',
      headers: { 'X-Twilio-Signature': signature },
      body: new URLSearchParams(fields),
    });
  let sids = 0;
  const answer = (user: string, body: string): Readonly<Record<string, string>> => ({
    MessageSid: `SM${sids++}`,
    From: phones[user] ?? '',
    To: '+15551234567',
    Body: body,
  });
  /** A login as RD Gateway's NPS asks for it, and the reference of the text that it sends. */
  const login = async (user: string) => {
    const waiting = await answering.login(user);
    const { body } = await twilio.calls.waitFor(
      (call) => new URLSearchParams(call.body).get('To') === phones[user],
      'the text',
    );
    const reference = /yes (\w{6}) \/ no \1$/.exec(new URLSearchParams(body).get('Body') ?? '')?.[1];
    return { ...waiting, reference: reference ?? expect.fail(body) };
  };

  it('forged, altered, foreign and incomplete answers decide nothing; the right one lets in, and its replay nobody', async () => {
    const { client, reference, code } = await login('yes');
    const right = answer('yes', `Yes ${reference.toLowerCase()}`);
    expect((await post(right, '')).status).to.equal(403);
    expect((await post(right, sign(right, 'secret-of-the-key'))).status).to.equal(403);
    expect((await post({ ...right, Body: `no ${reference}` }, sign(right))).status).to.equal(403);
    expect(await (await post(answer('no', `yes ${reference}`))).text()).to.contain('That login is over');
    expect(await (await post(answer('yes', 'yes'))).text()).to.contain('six characters');
    expect(client.unread).to.equal(0);
    const taken = await post(right);
    expect([taken.status, await taken.text()]).to.deep.equal([
      200,
      '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    ]);
    expect(await code()).to.equal(Code.accessAccept);

    const second = await login('late');
    expect(await (await post(right)).text()).to.not.contain('Message');
    expect(await (await post(answer('late', `yes ${reference}`))).text()).to.contain('That login is over');
    expect(second.client.unread).to.equal(0);
    await post(answer('late', `no ${second.reference}`));
    expect(await second.code()).to.equal(Code.accessReject);
    await answering.scene.radgate.waitForLogin('late', 'reject');
    const log = JSON.stringify(answering.scene.radgate.log);
    for (const secret of [reference, second.reference, accountToken, phones['yes'] ?? ''])
      expect(log.includes(secret), secret).to.equal(false);
  });

  it('no machine is told the same more than three times an hour', async () => {
    const told = [];
    for (let i = 0; i < 5; i++)
      told.push(
        (await (await post({ ...answer('yes', 'I am away'), From: '+447700900123' })).text()).includes('<Message>'),
      );
    expect(told).to.deep.equal([true, true, true, false, false]);
  });
});
