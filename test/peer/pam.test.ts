import { expect } from 'chai';
import { valuesOf } from './attributes.ts';
import { startFreeRadius } from './freeradius.ts';
import type { FreeRadius } from './freeradius.ts';
import { pamtester } from './pamtester.ts';
import { peer } from './peer.ts';
import { clientSecret, prompt, promptAgain, startScene, upstreamSecret } from './scene.ts';
import type { Scene } from './scene.ts';
import { totp, wrongCode } from './totp.ts';

// pam_radius sends no Message-Authenticator, and no Service-Type with its answers.
peer(
  'freeradius',
  'pam_radius',
  'pamtester',
)('login with PAM (pam_radius), FreeRADIUS upstream', () => {
  const password = 'wonder land';
  const enrolled = ['right', 'second', 'third', 'refused'];
  let home: FreeRadius;
  let scene: Scene;
  before(async function () {
    this.timeout(60_000);
    const users = Object.fromEntries(enrolled.map((name) => [name, { password }]));
    home = await startFreeRadius({ secret: upstreamSecret, users });
    scene = await startScene({ upstream: [home.server], enrolled });
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
  });
  const login = (user: string, ...answers: string[]) =>
    pamtester({ server: scene.server, secret: clientSecret, user, answers });
  const passwordsAskedOf = async (user: string) =>
    (await home.requests())
      .filter(({ attributes }) => valuesOf(attributes, 'User-Name')[0] === user)
      .map(({ attributes }) => valuesOf(attributes, 'User-Password')[0]);

  it('lets in with the right code', async () => {
    const { code, prompts } = await login('right', password, totp(scene.oath('right')));
    expect(prompts).to.deep.equal(['Password: ', prompt]);
    expect(code).to.equal(0);
    expect(await passwordsAskedOf('right')).to.deep.equal([password]);
  });

  it('asks again after a wrong code, and lets in with the right one', async () => {
    const oath = scene.oath('second');
    const { code, prompts } = await login('second', password, wrongCode(oath), totp(oath));
    expect(prompts).to.deep.equal(['Password: ', prompt, promptAgain]);
    expect(code).to.equal(0);
    expect(await passwordsAskedOf('second')).to.deep.equal([password]);
  });

  it('keeps out after three wrong codes', async () => {
    const oath = scene.oath('third');
    const wrong = [0, 1, 2].map((salt) => wrongCode(oath, salt));
    const { code, prompts } = await login('third', password, ...wrong, totp(oath));
    expect(prompts).to.deep.equal(['Password: ', prompt, promptAgain, promptAgain]);
    expect(code).to.equal(1);
  });

  it('keeps out with a wrong password, and asks for no code', async () => {
    const { code, prompts } = await login('refused', 'wrong', totp(scene.oath('refused')));
    expect(prompts).to.deep.equal(['Password: ']);
    expect(code).to.equal(1);
  });
});
