import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { eapolTest } from './eapol-test.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { freeTcpPort } from './free-port.ts';
import { accessRequest, attribute, Code, vendorAttribute, verifySignedReply } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { SmsGateway } from './sms-gateway.ts';
import { UdpClient } from './udp-client.ts';

const nas = '127.0.0.2';
const eapNas = '127.0.0.3';
const answersSecret = 'between-the-gateway-and-radgate';
const password = 'wonderland';
const phones = { yes: '+33612345610', no: '+33612345611', late: '+33612345612', eap: '+33612345613' } as const;
type User = keyof typeof phones;

peer('freeradius', 'eapol_test')(
  'approvals by an answer that a gateway of any kind posts, FreeRADIUS upstream',
  function () {
    this.timeout(40_000);
    let home: FreeRadius;
    let gateway: SmsGateway;
    let scene: Scene;
    let page: string;
    let identifier = 0;

    before(async function () {
      this.timeout(90_000);
      gateway = await SmsGateway.start();
      home = await startFreeRadius({
        secret: upstreamSecret,
        users: Object.fromEntries(Object.keys(phones).map((name) => [name, { password }])),
        authorize: 'if (!&User-Password && !&EAP-Message) {\n update control { Auth-Type := Accept }\n}',
        eap: { namesInner: true },
      });
      const listen = `127.0.0.1:${await freeTcpPort('127.0.0.1')}`;
      page = `http://${listen}`;
      scene = await startScene({
        upstream: [home.server],
        listen: ['127.0.0.1:0'],
        client: 'primary = "home"',
        primary: 'outer_identity = "named"',
        more: `[[client]]
name = "gateway"
address = "${nas}"
secret = "${clientSecret}"
profile = "rd-gateway"
message_authenticator = "auto"
[[client]]
name = "wifi"
address = "${eapNas}"
secret = "${clientSecret}"
deadline = "20s"
[web]
listen = ["${listen}"]
url = "${page}"
[[provider]]
name = "texts"
type = "http"
channel = ["sms"]
url = "${gateway.url}/send"
form = "to={to}&text={text}"
answers_secret = "${answersSecret}"`,
      });
      for (const [user, phone] of Object.entries(phones))
        await succeed(scene.radgate.cli(['user', 'add', user, '--phone', phone]));
    });
    after(async () => {
      await scene?.stop();
      await home?.stop();
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
      const client = await UdpClient.open(nas);
      const bytes = accessRequest({
        secret: clientSecret,
        identifier: identifier++,
        user,
        attributes: [attribute(6, Buffer.from([0, 0, 0, 5])), vendorAttribute(311, 50, 'LAPTOP-7')],
      });
      await client.send(bytes, scene.nas);
      const reference = await textTo(user);
      const code = async (): Promise<number> =>
        verifySignedReply((await client.next()).bytes, bytes, clientSecret).code;
      return { client, reference, code };
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
      const log = JSON.stringify(scene.radgate.log);
      for (const secret of [reference, second.reference, answersSecret, phones.yes])
        expect(log.includes(secret), secret).to.equal(false);
    });

    it('a MS-CHAPv2 login waits for the answer, and its keys are right', async () => {
      const { authority, name } = home;
      const running = eapolTest({
        server: { ...scene.nas, secret: clientSecret, authority, name },
        from: eapNas,
        identity: 'eap',
        password,
        eap: 'PEAP',
        inner: 'MSCHAPV2',
        timeout: 20,
      });
      expect((await post(answer('eap', `yes ${await textTo('eap')}`))).status).to.equal(200);
      const result = await running;
      expect(result.success, result.output).to.equal(true);
    });
  },
);
