import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { startAnswerScene, type AnswerScene } from './answer-scene.ts';
import { Code } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { SmsGateway } from './sms-gateway.ts';

const answersSecret = 'between-the-gateway-and-radgate';
const phones = { yes: '+33612345610', no: '+33612345611', late: '+33612345612', eap: '+33612345613' } as const;
type User = keyof typeof phones;

peer('freeradius', 'eapol_test')(
  'approvals by an answer that a gateway of any kind posts, FreeRADIUS upstream',
  function () {
    this.timeout(40_000);
    let gateway: SmsGateway;
    let answering: AnswerScene;
    let page: string;

    before(async function () {
      this.timeout(90_000);
      gateway = await SmsGateway.start();
      answering = await startAnswerScene({
        phones,
        more: `[[provider]]
name = "texts"
type = "http"
channel = ["sms"]
url = "${gateway.url}/send"
form = "to={to}&text={text}"
answers_secret = "${answersSecret}"`,
      });
      ({ page } = answering);
    });
    after(async () => {
      await answering?.stop();
      await gateway?.stop();
    });

    const sign = (body: string, secret = answersSecret, seconds = Math.floor(Date.now() / 1000)): string =>
      `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
    const post = (body: string, signature = sign(body)): Promise<Response> =>
      fetch(`${page}/texts/texts`, { method: 'POST', headers: { 'X-Radgate-Signature': signature }, body });
    let ids = 0;
    const answer = (user: User, text: string): string => JSON.stringify({ id: `g-${ids++}`, from: phones[user], text });
    const textTo = async (user: User): Promise<string> => {
      const { body } = await gateway.calls.waitFor(
        (call) => new URLSearchParams(call.body).get('to') === phones[user],
        `the text to ${user}`,
      );
      const text = new URLSearchParams(body).get('text') ?? '';
      return /yes (\w{6}) \/ no \1$/.exec(text)?.[1] ?? expect.fail(body);
    };
    /** A login as RD Gateway's NPS asks for it, and the reference of the text that it sends. */
    const login = async (user: User) => {
      const waiting = await answering.login(user);
      const reference = await textTo(user);
      return { ...waiting, reference };
    };

    it('forged, altered, old, foreign and malformed answers decide nothing; the right one lets in, and its replay nobody', async () => {
      const { client, reference, code } = await login('yes');
      const right = answer('yes', `Yes ${reference.toLowerCase()}`);
      const now = Math.floor(Date.now() / 1000);
      expect((await post(right, '')).status).to.equal(403);
      expect((await post(right, sign(right, 'another-secret-altogether'))).status).to.equal(403);
      expect((await post(right, sign(right, answersSecret, now - 600))).status).to.equal(403);
      expect((await post(right, sign(right, answersSecret, now + 600))).status).to.equal(403);
      expect((await post(right.replace('Yes', 'no'), sign(right))).status).to.equal(403);
      expect((await post('{"id":"g-x"}')).status).to.equal(400);
      expect(await (await post(answer('no', `yes ${reference}`))).text()).to.contain('That login is over');
      expect(client.unread).to.equal(0);
      const signature = sign(right);
      const taken = await post(right, signature);
      expect([taken.status, await taken.text()]).to.deep.equal([200, '{"text":null}']);
      expect(await code()).to.equal(Code.accessAccept);

      const second = await login('late');
      expect(await (await post(right, signature)).text()).to.equal('{"text":null}');
      expect(await (await post(answer('late', `yes ${reference}`))).text()).to.contain('That login is over');
      expect(second.client.unread).to.equal(0);
      await post(answer('late', `no ${second.reference}`));
      expect(await second.code()).to.equal(Code.accessReject);
      await answering.scene.radgate.waitForLogin('late', 'reject');
      const log = JSON.stringify(answering.scene.radgate.log);
      for (const secret of [reference, second.reference, answersSecret, phones.yes])
        expect(log.includes(secret), secret).to.equal(false);
    });

    it('a MS-CHAPv2 login waits for the answer, and its keys are right', async () => {
      const running = answering.eap('eap');
      expect((await post(answer('eap', `yes ${await textTo('eap')}`))).status).to.equal(200);
      const result = await running;
      expect(result.success, result.output).to.equal(true);
    });
  },
);
