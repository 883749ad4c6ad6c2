import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { PhoneBrowser, phone, type BrowserOptions } from './browser.ts';
import { client, pagesAt, passwordless } from './config-parts.ts';
import { eapolTest } from './eapol-test.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { freeTcpPort } from './free-port.ts';
import { accessRequest, attribute, Code, vendorAttribute, verifySignedReply } from './packet-bytes.ts';
import { pamtester } from './pamtester.ts';
import { peer } from './peer.ts';
import { succeed, type LogEntry } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { UdpClient } from './udp-client.ts';

/** Set: where pictures of the pages are left, to be looked at. */
const pictures = process.env['RADGATE_PICTURES'];
const password = 'wonderland';
/** Of an application: it must not make the page wider than the phone. */
const longName = 'the-host-by-SSH-of-the-department-whose-name-ends-nowhere';
/** The NAS of each kind, by the address that it asks from. */
const nas = { gateway: '127.0.0.2', eap: '127.0.0.3' } as const;
const users = ['rdg', 'eap', 'pam', 'wrong', 'slip', 'fraud', 'gone', 'stale', 'full', 'late', 'twice', 'named'];

peer(
  'freeradius',
  'eapol_test',
  'pam_radius',
  'pamtester',
  'chromium',
)('the page on phones, FreeRADIUS upstream', function () {
  this.timeout(60_000);
  let home: FreeRadius;
  let scene: Scene;
  let browser: PhoneBrowser;
  let identifier = 0;

  before(async function () {
    this.timeout(90_000);
    browser = await PhoneBrowser.start();
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: Object.fromEntries(users.map((name) => [name, { password }])),
      authorize: passwordless,
      eap: { namesInner: true },
    });
    const page = `127.0.0.1:${await freeTcpPort('127.0.0.1')}`;
    // Nothing can be sent: the phones ask by themselves.
    scene = await startScene({
      upstream: [home.server],
      listen: ['127.0.0.1:0'],
      added: users,
      client: `approval = "first"\ndeadline = "8s"\nprimary = "home"\napplication = "${longName}"`,
      primary: 'outer_identity = "named"',
      more: [
        client(
          'gateway',
          nas.gateway,
          'profile = "rd-gateway"\nmessage_authenticator = "auto"\napplication = "Desktops"',
        ),
        client('wifi', nas.eap, 'deadline = "30s"\napplication = "Wi-Fi"'),
        pagesAt(page),
      ].join('\n'),
    });
  });
  after(async () => {
    await browser?.stop();
    await scene?.stop();
    await home?.stop();
  });

  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).to.be.at.most(phone.width);
  };
  const shows = (page: Page, heading: string): Promise<void> =>
    page.getByRole('heading', { name: heading, exact: true }).waitFor();
  const linkOf = async (user: string): Promise<string> => {
    const { stdout } = await succeed(scene.radgate.cli(['user', 'enrol', user, '--existing', 'add', '--again']));
    return /http:\/\/\S+\/e\/[\w-]{22}/.exec(stdout)?.[0] ?? expect.fail(stdout);
  };
  /** The address behind the picture on the page of an enrolment link. */
  const addressOf = async (user: string): Promise<string> => {
    const page = await browser.open(await linkOf(user));
    await page.getByRole('button', { name: 'Set up approvals' }).click();
    await picture(page, `enrol-${user}`);
    return (await page.getByRole('link', { name: 'This is the phone' }).getAttribute('href')) ?? expect.fail('no link');
  };
  const phoneOf = async (user: string, options: BrowserOptions = {}): Promise<Page> => {
    const french = options.locale === 'fr-FR';
    const page = await browser.open(await addressOf(user), options);
    await shows(page, french ? 'Préparer ce téléphone' : 'Set up this phone');
    await page.getByLabel(french ? 'Un nom' : 'A name').fill(`${user}'s phone`);
    await picture(page, `name-${user}`);
    await page.getByRole('button', { name: french ? 'Préparer' : 'Set up', exact: true }).click();
    await shows(page, french ? 'Rien à approuver' : 'Nothing to approve');
    await picture(page, `idle-${user}`);
    return page;
  };
  const fromGateway = (user: string, device = 'LAPTOP-7'): Buffer =>
    accessRequest({
      secret: clientSecret,
      identifier: identifier++ % 256,
      user,
      attributes: [
        attribute(6, Buffer.from([0, 0, 0, 5])),
        vendorAttribute(311, 47, Buffer.from([0, 0, 0, 1])),
        vendorAttribute(311, 50, device),
      ],
    });
  const verdictOf = (user: string): Promise<LogEntry> => scene.radgate.waitForLogin(user, 'accept', 'reject');

  it('RD Gateway: the application is picked among others, which stay the same, and the signed decision lets in', async () => {
    const page = await phoneOf('rdg');
    await page.evaluate(watched);
    const client = await UdpClient.open(nas.gateway);
    const bytes = fromGateway('rdg');
    await client.send(bytes, scene.nas);
    await shows(page, 'Is this your login?');
    expect(await page.locator('dd:visible').allTextContents()).to.include.members(['rdg', 'LAPTOP-7']);
    // A press that was meant for what stood there before.
    expect(await page.evaluate<boolean>('window.pressable')).to.equal(false);
    await page.getByRole('button', { name: 'Desktops', disabled: false }).waitFor();
    const applications = await page.locator('#applications button').allTextContents();
    expect(applications).to.have.members(['Desktops', longName, 'Wi-Fi']);
    await picture(page, 'pick-light');
    await page.reload();
    await shows(page, 'Is this your login?');
    expect(await page.locator('#applications button').allTextContents()).to.deep.equal(applications);
    await page.getByRole('button', { name: 'Desktops' }).click();
    await shows(page, 'Approved');
    await picture(page, 'approved-light');
    expect(verifySignedReply((await client.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessAccept);
    expect(await verdictOf('rdg')).to.include({ verdict: 'accept', reason: 'approved' });
    const { stdout } = await succeed(scene.radgate.cli(['user', 'devices', 'rdg', '--json']));
    const { devices } = JSON.parse(stdout) as { devices: { name: string; last_used: string | null }[] };
    expect(devices.map(({ name }) => name)).to.deep.equal(["rdg's phone"]);
    expect(devices[0]?.last_used).to.be.a('string');
  });

  it('PEAP with MS-CHAPv2: approved on a phone in French, in the dark', async () => {
    const page = await phoneOf('eap', { scheme: 'dark', locale: 'fr-FR' });
    const { authority, name } = home;
    const login = eapolTest({
      server: { ...scene.nas, secret: clientSecret, authority, name },
      from: nas.eap,
      identity: 'eap',
      password,
      eap: 'PEAP',
      inner: 'MSCHAPV2',
      timeout: 30,
    });
    await shows(page, 'Est-ce votre connexion ?');
    await picture(page, 'pick-dark-fr');
    await page.getByRole('button', { name: 'Wi-Fi' }).click();
    await shows(page, 'Approuvé');
    const result = await login;
    expect(result.success, result.output).to.equal(true);
    expect(await verdictOf('eap')).to.include({ verdict: 'accept', reason: 'approved' });
  });

  it('pam_radius: the number of the prompt is typed on the phone, which then shows a code', async () => {
    const page = await phoneOf('pam', { scheme: 'dark' });
    const result = await pamtester({
      server: scene.server,
      secret: clientSecret,
      user: 'pam',
      moduleOptions: ['retry=3'],
      answers: [
        () => password,
        async (prompt) => {
          const number = /pick (\d\d) there/.exec(prompt)?.[1] ?? expect.fail(prompt);
          const field = page.getByLabel('Type the number that your login shows');
          await field.waitFor();
          expect(await page.content()).to.not.include(`>${number}<`);
          await field.fill(number);
          await picture(page, 'number-dark');
          await page.getByRole('button', { name: 'Approve' }).click();
          await page.getByText('Type this code').waitFor();
          await picture(page, 'code-dark');
          return (await page.locator('[data-state=code] .code').textContent()) ?? '';
        },
      ],
    });
    expect(result.code, result.prompts.join('|')).to.equal(0);
  });

  it('a press counts while the page looks what waits, and not for what is asked by then', async () => {
    const page = await phoneOf('full');
    let gate = Promise.resolve();
    let release = (): void => undefined;
    await page.route('**/app/list', async (route) => {
      await gate;
      await route.continue();
    });
    const client = await UdpClient.open(nas.gateway);
    const bytes = fromGateway('full');
    await client.send(bytes, scene.nas);
    await shows(page, 'Is this your login?');
    gate = new Promise((resolve) => (release = resolve));
    await page.waitForRequest('**/app/list');
    await page.getByRole('button', { name: 'Desktops' }).click();
    await page.getByRole('button', { name: 'Desktops', disabled: true }).waitFor();
    expect(client.unread).to.equal(0);
    release();
    await shows(page, 'Approved');
    expect(verifySignedReply((await client.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessAccept);
  });

  it('a question stays while it is looked at, whatever is asked after it; who comes back is asked of the last login', async () => {
    const page = await phoneOf('twice');
    const place = (): Promise<string | null> => page.locator('[data-slot=place]').textContent();
    const asks = (): Promise<unknown> => page.waitForResponse('**/app/list');
    const client = await UdpClient.open(nas.gateway);
    await client.send(fromGateway('twice', 'LAPTOP-8'), scene.nas);
    await shows(page, 'Is this your login?');
    const bytes = fromGateway('twice', 'LAPTOP-9');
    await client.send(bytes, scene.nas);
    for (let i = 0; i < 2; i++) await asks();
    expect(await place()).to.equal('LAPTOP-8');
    await page.evaluate(seen(false));
    expect(await page.locator('[data-state=ask]').isVisible()).to.equal(false);
    await page.evaluate(seen(true));
    await shows(page, 'Is this your login?');
    expect(await place()).to.equal('LAPTOP-9');
    await page.getByRole('button', { name: 'Decline', exact: true, disabled: false }).click();
    await shows(page, 'Declined');
    expect(verifySignedReply((await client.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessReject);
  });

  it('the wrong application declines, and so does the button; "This was not me" blocks', async () => {
    const expected = {
      wrong: ['Wi-Fi', 'Declined: that was not it'],
      slip: ['Decline', 'Declined'],
      fraud: ['This was not me', 'Thank you for telling us'],
    } as const;
    for (const [user, [button, heading]] of Object.entries(expected)) {
      const page = await phoneOf(user);
      const client = await UdpClient.open(nas.gateway);
      const bytes = fromGateway(user);
      await client.send(bytes, scene.nas);
      await shows(page, 'Is this your login?');
      await page.getByRole('button', { name: button, exact: true }).click();
      await shows(page, heading);
      // Nobody is mailed here: [approval] alert is not set.
      if (user === 'fraud') await page.getByText('tell your help desk').waitFor();
      expect(verifySignedReply((await client.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessReject);
    }
    const client = await UdpClient.open(nas.gateway);
    const bytes = fromGateway('fraud');
    await client.send(bytes, scene.nas);
    expect(verifySignedReply((await client.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessReject);
  });

  it('revoked, never set up, and a link that was used: each is told, with the way to begin again', async () => {
    const page = await phoneOf('gone');
    await succeed(scene.radgate.cli(['user', 'devices', 'gone', '--revoke', "gone's phone"]));
    await shows(page, 'This device is no longer activated');
    await picture(page, 'revoked');
    const { origin } = new URL(page.url());
    await shows(await browser.open(`${origin}/app/`), 'This device is not activated');
    const address = await addressOf('stale');
    const first = await browser.open(address);
    await first.getByRole('button', { name: 'Set up', exact: true }).click();
    await shows(first, 'Nothing to approve');
    const second = await browser.open(address);
    await second.getByRole('button', { name: 'Set up', exact: true }).click();
    await shows(second, 'This link is no longer good');
    await picture(second, 'stale');
    // Another's link would make the phone his.
    expect(await second.locator('#instead').isVisible()).to.equal(false);
    await first.goto(`${origin}/app/#${'A'.repeat(22)}`);
    await first.getByText('This phone is set up already').waitFor();
    await picture(first, 'instead');
    await first.goto(`${origin}/app/`);
    await shows(first, 'Nothing to approve');
    const answer = await first.evaluate<string>(`(async () => {
      const body = JSON.stringify({ device: 'f'.repeat(32) });
      const response = await fetch('/app/nonce', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      return response.text();
    })()`);
    expect(JSON.parse(answer)).to.deep.equal({ kind: 'unknown-device' });
  });

  it('a name that is put right is taken, an empty one is not; one that is refused is told so, and asked for again', async () => {
    const page = await browser.open(await addressOf('named'));
    const setUp = async (name: string): Promise<void> => {
      await page.getByLabel('A name').fill(name);
      await page.getByRole('button', { name: 'Set up', exact: true }).click();
    };
    await setUp(' \u200d ');
    expect(await page.getByLabel('A name').inputValue()).to.equal('');
    await page.route('**/app/enrol', (route) => route.fulfill({ status: 400, json: { kind: 'malformed' } }));
    await setUp('refused');
    await shows(page, 'That did not work');
    await page.unroute('**/app/enrol');
    await page.getByRole('button', { name: 'Done' }).click();
    await shows(page, 'Set up this phone');
    await setUp(" Ann's  \u{1f469}\u200d\u{1f4bb} ");
    await shows(page, 'Nothing to approve');
    const { stdout } = await succeed(scene.radgate.cli(['user', 'devices', 'named', '--json']));
    const { devices } = JSON.parse(stdout) as { devices: { name: string }[] };
    expect(devices.map(({ name }) => name)).to.deep.equal(["Ann's \u{1f469}\u{1f4bb}"]);
  });

  it('asks nothing of anyone else and complains of nothing; its key can not be read out', async () => {
    const page = await browser.open('about:blank');
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => void asked.push(request.url()));
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(error.message));
    const address = await addressOf('full');
    await page.goto(address);
    await page.getByRole('button', { name: 'Set up', exact: true }).click();
    await shows(page, 'Nothing to approve');
    const { origin } = new URL(address);
    expect(asked.filter((url) => !url.startsWith(`${origin}/`))).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
    expect(await page.evaluate<boolean>(extractable)).to.equal(false);
    expect(JSON.stringify(scene.radgate.log)).to.not.include(address.split('#')[1]);
  });

  it('an enrolment link that was made anew ends what the one before has shown', async () => {
    const address = await addressOf('late');
    const [first, second] = [await phoneOf('late'), await browser.open(address)];
    const client = await UdpClient.open(nas.gateway);
    const bytes = fromGateway('late');
    await client.send(bytes, scene.nas);
    await shows(first, 'Is this your login?');
    // The link of the first phone ended the one before it.
    await second.getByRole('button', { name: 'Set up', exact: true }).click();
    await shows(second, 'This link is no longer good');
    await first.getByRole('button', { name: 'Desktops' }).click();
    await shows(first, 'Approved');
    expect(verifySignedReply((await client.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessAccept);
  });
});

/** In the page: it is left, or come back to. */
const seen = (isSeen: boolean): string => `(() => {
  Object.defineProperty(document, 'hidden', { value: ${!isSeen}, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
})()`;

/** In the page: whether a button of a question could be pressed as soon as it was seen. */
const watched = `(() => {
  const question = document.querySelector('[data-state=ask]');
  new MutationObserver(() => {
    if (!question.hidden) window.pressable ??= [...question.querySelectorAll('button')].some(({ disabled }) => !disabled);
  }).observe(question, { attributes: true, attributeFilter: ['hidden'] });
})()`;

/** In the page: whether the private key that it keeps could be exported. */
const extractable = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('radgate', 1);
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const got = opening.result.transaction('device').objectStore('device').get('this');
    got.onsuccess = () => resolve(got.result.key.extractable);
    got.onerror = () => reject(got.error);
  };
})`;
