import { expect } from 'chai';
import { eapolTest, type EapolTestOptions, type EapolTestResult } from './eapol-test.ts';
import { startFreeRadiusEdge, type FreeRadiusEdge } from './freeradius-edge.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';

const password = 'wonder land';

/** The edge ends PEAP, as RRAS and many Wi-Fi controllers do, and asks radgate by bare MS-CHAPv2; radgate asks FreeRADIUS. */
peer('freeradius', 'eapol_test')('login with bare MS-CHAPv2, between two FreeRADIUS', function () {
  this.timeout(20_000);
  let home: FreeRadius;
  let scene: Scene;
  let edge: FreeRadiusEdge;
  before(async function () {
    this.timeout(60_000);
    const users = { alice: { password }, bob: { password } };
    home = await startFreeRadius({ secret: upstreamSecret, users, eap: { namesInner: true } });
    scene = await startScene({
      upstream: [home.server],
      enrolled: ['alice'],
      client: 'factor = "if-enrolled"\nproxy = true',
    });
    edge = await startFreeRadiusEdge({ home: scene.nas, homeSecret: clientSecret, secret: 'point and edge' });
  });
  after(async () => {
    await edge.stop();
    await scene.stop();
    await home.stop();
  });

  const login = (identity: string, own: Partial<EapolTestOptions> = {}): Promise<EapolTestResult> =>
    eapolTest({ server: edge, eap: 'PEAP', inner: 'MSCHAPV2', identity, password, ...own });
  /** The last MS-CHAP-Error that the edge was told, as it understood it. */
  const lastError = async (): Promise<string | undefined> =>
    (await edge.lines()).filter((line) => line.includes('MS-CHAP-Error = ')).at(-1);
  const told = (user: string, reason: string): Promise<unknown> => scene.radgate.waitForLogin(user, reason);

  it("the upstream's MS-CHAP2-Success reaches the user's machine, which checks it, and its keys", async () => {
    const { success, output } = await login('bob');
    expect(success, output).to.equal(true);
    expect(output).to.contain('EAP-MSCHAPV2: Authentication succeeded');
    expect(output).to.match(/MPPE keys OK: 1 {2}mismatch: 0/);
    await told('bob', 'not-enrolled-allowed');
  });

  it("a wrong password: the upstream's error 691", async () => {
    expect((await login('bob', { password: 'wrong' })).success).to.equal(false);
    expect(await lastError()).to.match(/E=691 R=1 C=[0-9a-f]{32} V=3 M=/i);
    await told('bob', 'upstream-rejected');
  });

  it('a code cannot be asked for: refused with an error 691 of our own, which the edge understands', async () => {
    expect((await login('alice')).success).to.equal(false);
    expect(await lastError()).to.match(/E=691 R=0 C=[0-9A-F]{32} V=3 M=Login failed/);
    await told('alice', 'code-needs-pap');
  });

  it('by a bypass: accepted, and the keys are the same', async () => {
    await succeed(scene.radgate.cli(['user', 'bypass', 'alice', '--reason', 'no phone']));
    const { success, output } = await login('alice');
    expect(success, output).to.equal(true);
    expect(output).to.match(/MPPE keys OK: 1 {2}mismatch: 0/);
    await told('alice', 'bypass-used');
  });
});
