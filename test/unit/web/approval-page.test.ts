import { expect } from 'chai';
import { tokenOf } from '../../../src/web/approval-page.ts';
import { type ApprovalScene, approvalScene, path } from '../../support/approval-scene.ts';

describe('the page of an approval', () => {
  let scene: ApprovalScene;
  beforeEach(async () => {
    scene = await approvalScene();
  });
  afterEach(() => scene.web.close());

  const press = (what: string, form: string): Promise<Response> =>
    fetch(`${scene.url}${what}`, {
      method: 'POST',
      body: form,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
  const decisions = (): readonly unknown[] =>
    scene.presses.map(({ decision, number, by }) => ({ decision, number, by }));

  it('shows who logs in where, and decides nothing when it is looked at', async () => {
    for (const method of ['GET', 'HEAD']) expect((await fetch(`${scene.url}${path}`, { method })).status).to.equal(200);
    for (const button of ['approve', 'decline'])
      expect((await fetch(`${scene.url}${path}/${button}`)).status).to.equal(404);
    const text = await (await fetch(`${scene.url}${path}?decision=approve`)).text();
    for (const part of ['alice', 'the VPN', 'gateway', '203.0.113.9', 'lang="en"']) expect(text).to.contain(part);
    expect(scene.presses).to.deep.equal([]);
  });

  it('a name that is HTML is text', async () => {
    const bad = `<script>alert("1")</script>&'`;
    scene.approval = { ...scene.approval, userName: bad, application: bad, client: `${bad}!`, device: bad };
    const text = await (await fetch(`${scene.url}${path}`)).text();
    expect(text).not.to.contain('<script');
    expect(text.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;')).to.have.length(5);
  });

  for (const decision of ['approve', 'decline', 'fraud'] as const)
    it(`a press decides once: ${decision}`, async () => {
      const first = await press(path, `decision=${decision}`);
      expect(first.status).to.equal(200);
      expect(decisions()).to.deep.equal([{ decision, number: null, by: 'page' }]);
      const again = await press(path, 'decision=approve');
      expect(await again.text()).to.contain('This login was answered already');
      expect(scene.presses).to.have.length(1);
    });

  it('three numbers stand in place of "Approve", and the one that is pressed is passed on', async () => {
    scene.approval = { ...scene.approval, numbers: [17, 42, 88] };
    const text = await (await fetch(`${scene.url}${path}`)).text();
    expect(text).not.to.contain('value="approve"');
    for (const number of [17, 42, 88]) expect(text).to.contain(`name="number" value="${number}"`);
    expect(await (await press(path, 'number=88')).text()).to.contain('Approved');
    expect(decisions()).to.deep.equal([{ decision: 'approve', number: 88, by: 'page' }]);
  });

  it('a wrong number is told', async () => {
    scene.approval = { ...scene.approval, numbers: [17, 42, 88] };
    expect(await (await press(path, 'number=17')).text()).to.contain('that was not the number');
  });

  it('"Approve", pressed where the login has gone on with a number, decides nothing and shows the numbers', async () => {
    scene.approval = { ...scene.approval, numbers: [17, 42, 88] };
    const shown = await press(path, 'decision=approve');
    expect(shown.status).to.equal(200);
    expect(await shown.text()).to.contain('name="number" value="88"');
    expect(scene.approval.status).to.equal('open');
    expect(await (await press(path, 'number=88')).text()).to.contain('Approved');
  });

  it('shows the code to type in two groups', async () => {
    scene.code = '123456';
    expect(await (await press(path, 'decision=approve')).text()).to.contain('123 456');
  });

  it('says that a mail goes to administrators only where one does, in both languages', async () => {
    const told = { en: /a mail goes to your administrators/, fr: /un courriel part vers vos administrateurs/ } as const;
    const alone = { en: /tell your help desk/, fr: /prévenez votre support/ } as const;
    for (const language of ['en', 'fr'] as const)
      for (const alerts of [true, false]) {
        const own = await approvalScene({ language }, {}, alerts);
        try {
          const text = await (
            await fetch(`${own.url}${path}`, { method: 'POST', body: new URLSearchParams({ decision: 'fraud' }) })
          ).text();
          const app = await fetch(`${own.url}/app/`, { headers: { 'Accept-Language': language } });
          for (const page of [text, await app.text()]) {
            expect(told[language].test(page), `${language} ${alerts}`).to.equal(alerts);
            expect(alone[language].test(page), `${language} ${alerts}`).to.equal(!alerts);
          }
        } finally {
          await own.web.close();
        }
      }
  });

  for (const form of ['', 'decision=', 'decision=constructor', 'number=7', 'number=1e1', 'decision[]=approve'])
    it(`decides nothing without a decision: ${JSON.stringify(form)}`, async () => {
      expect((await press(path, form)).status).to.equal(404);
      expect(scene.presses).to.deep.equal([]);
    });

  it('the buttons of a notification answer in plain text, from the pages of another server too', async () => {
    const elsewhere = { method: 'POST', headers: { Origin: 'https://ntfy.example', 'Sec-Fetch-Site': 'cross-site' } };
    const pressed = await fetch(`${scene.url}${path}/approve`, elsewhere);
    expect(pressed.headers.get('content-type')).to.match(/^text\/plain/);
    expect(await pressed.text()).to.equal('approved\n');
    const late = await fetch(`${scene.url}${path}/decline`, elsewhere);
    expect([late.status, await late.text()]).to.deep.equal([404, 'gone\n']);
    expect(decisions()).to.deep.equal([{ decision: 'approve', number: null, by: 'notice' }]);
  });

  it('a malformed token has the page of an unknown one', async () => {
    const unknown = await fetch(`${scene.url}/a/${Buffer.alloc(16, 8).toString('base64url')}`);
    const text = await unknown.text();
    expect(text).to.contain('This link is no longer good');
    for (const malformed of ['x', 'A'.repeat(23), `${path.slice(3, -1)}!`, '%00', '%E0%A4%A']) {
      const response = await fetch(`${scene.url}/a/${malformed}`);
      expect([response.status, await response.text()]).to.deep.equal([404, text]);
    }
  });

  it('takes one spelling of a token alone', () => {
    const spelled = Buffer.alloc(16, 255).toString('base64url');
    expect(tokenOf(spelled)).to.deep.equal(Buffer.alloc(16, 255));
    // The last of 22 characters has 4 bits that mean nothing.
    expect(tokenOf(`${spelled.slice(0, -1)}x`)).to.equal(undefined);
  });
});
