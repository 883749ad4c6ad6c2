import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PhoneBrowser } from './browser.ts';
import { labIn, pagesAt } from './config-parts.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { freeTcpPort } from './free-port.ts';
import { Code, Type, valuesOfType } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { ask, startScene, upstreamSecret, type Scene } from './scene.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const users = ['app', 'phone', 'wrong', 'reset', 'mailed', 'twice'];
const password = 'wonderland';

peer('freeradius', 'chromium')('registering by a link, in Chromium', function () {
  this.timeout(40_000);
  let home: FreeRadius;
  let scene: Scene;
  let browser: PhoneBrowser;
  let messages: string;

  before(async function () {
    this.timeout(90_000);
    messages = await makeTempDir('messages');
    browser = await PhoneBrowser.start();
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: Object.fromEntries(users.map((name) => [name, { password }])),
    });
    const page = `127.0.0.1:${await freeTcpPort('127.0.0.1')}`;
    scene = await startScene({
      upstream: [home.server],
      added: users,
      more: pagesAt(page) + labIn(messages, ['sms', 'email']),
    });
  });
  after(async () => {
    await browser?.stop();
    await scene?.stop();
    await home?.stop();
    await removeTempDir(messages);
  });

  const linkOf = async (...args: string[]): Promise<string> => {
    const { stdout } = await succeed(scene.radgate.cli(['user', 'enrol', ...args]));
    return /http:\/\/\S+\/e\/[\w-]{22}/.exec(stdout)?.[0] ?? expect.fail(stdout);
  };
  const sentCode = async (): Promise<string> => {
    await scene.radgate.waitForLog((entry) => entry['msg'] === 'message sent' && entry['method'] === 'sms', 'a text');
    const texts = readdirSync(messages).map((name) => readFileSync(join(messages, name), 'utf8'));
    const found = texts.map((text) => /"code": "(\d{6})"/.exec(text)?.[1]).find((code) => code !== undefined);
    return found ?? expect.fail('no code');
  };
  const login = async (user: string, code: string): Promise<number> => {
    const client = await UdpClient.open();
    const question = await ask(client, scene, { identifier: 1, user, password });
    const [state] = valuesOfType(question, Type.state);
    return (await ask(client, scene, { identifier: 2, user, password: code, state })).code;
  };

  it('an app: its first code, then a login with the next', async () => {
    const page = await browser.open(await linkOf('app'), { scheme: 'dark' });
    await page.getByRole('button', { name: 'Set up the app' }).click();
    const key = ((await page.locator('code').textContent()) ?? '').replaceAll(' ', '');
    expect(await page.locator('img').getAttribute('src')).to.match(/^data:image\/svg\+xml;base64,/);
    await page.getByLabel('Then type the code').fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    expect(await page.getByRole('alert').textContent()).to.equal('That code was wrong. You have 9 more tries.');
    await page.getByLabel('Then type the code').fill(totp(key));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('The app is set up.').waitFor();
    await page.getByRole('button', { name: 'I am done' }).click();
    await page.getByRole('heading', { name: 'You are all set' }).waitFor();
    // The code of this step was used to register: the next step's is right.
    expect(await login('app', totp(key, { at: Date.now() + 30_000 }))).to.equal(Code.accessAccept);
    await page.goto(page.url());
    await page.getByRole('heading', { name: 'This link is no longer good' }).waitFor();
  });

  it('a phone, in French, with a number that is none at first', async () => {
    const page = await browser.open(await linkOf('phone'), { locale: 'fr-FR' });
    await page.getByLabel('Votre numéro de mobile').fill('12');
    await page.getByRole('button', { name: "M'envoyer un SMS" }).click();
    expect(await page.getByRole('alert').textContent()).to.match(/^Ce n'est pas un numéro/);
    expect(await page.getByLabel('Votre numéro de mobile').inputValue()).to.equal('12');
    await page.getByLabel('Votre numéro de mobile').fill('+33 6 12 34 56 12');
    await page.getByRole('button', { name: "M'envoyer un SMS" }).click();
    await page.getByLabel('Le code envoyé au +33 ** ** ** 12').fill(await sentCode());
    await page.getByRole('button', { name: 'Confirmer' }).click();
    await page.getByText('Les codes vont au +33 ** ** ** 12.').waitFor();
    const { stdout } = await succeed(scene.radgate.cli(['user', 'show', 'phone', '--json']));
    expect(JSON.parse(stdout)).to.include({ phone: '+33612345612' });
  });

  it('a link that is looked at any number of times has done nothing, and one of a user who was reset is over', async () => {
    const link = await linkOf('reset');
    for (let i = 0; i < 3; i++) expect((await fetch(link)).status).to.equal(200);
    expect((await fetch(link, { method: 'HEAD' })).status).to.equal(200);
    const { stdout } = await succeed(scene.radgate.cli(['user', 'show', 'reset', '--json']));
    expect(JSON.parse(stdout)).to.deep.include({ tokens: [] });
    await succeed(scene.radgate.cli(['user', 'reset', 'reset', '--yes']));
    expect((await fetch(link)).status).to.equal(404);
  });

  it('mails go out once each, and the report tells who is left', async () => {
    await succeed(scene.radgate.cli(['user', 'set', 'mailed', '--email', 'mailed@corp.example']));
    const { stdout } = await succeed(scene.radgate.cli(['user', 'enrol', 'mailed', '--mail', '--json']));
    expect(JSON.parse(stdout)).to.deep.equal({ links: [{ user: 'mailed', state: 'created', link: null }] });
    const again = await succeed(scene.radgate.cli(['user', 'enrol', 'mailed', '--mail', '--json']));
    expect(JSON.parse(again.stdout)).to.deep.equal({ links: [{ user: 'mailed', state: 'open', link: null }] });
    const report = await succeed(scene.radgate.cli(['report', 'enrolment', '--missing', '--csv']));
    expect(report.stdout).to.match(/^mailed,no,e-mail,open,/m);
    expect(report.stdout).to.not.match(/^app,/m);
    const has = await succeed(scene.radgate.cli(['user', 'enrol', 'app', '--json']));
    expect(JSON.parse(has.stdout)).to.deep.equal({ links: [{ user: 'app', state: 'has-factor', link: null }] });
  });

  it('the log has no link', () => {
    expect(JSON.stringify(scene.radgate.log)).to.not.match(/\/e\/[\w-]{22}/);
  });
});
