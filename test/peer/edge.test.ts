import { expect } from 'chai';
import { eapolTest, type EapolTestOptions } from './eapol-test.ts';
import { startFreeRadiusEdge, type FreeRadiusEdge } from './freeradius-edge.ts';
import { peer } from './peer.ts';

peer('freeradius', 'eapol_test')('fixtures: an edge that ends PEAP and TTLS, and eapol_test', () => {
  const homeSecret = 'between the edge and its home';
  const password = 'wonder land \u00e4\u20ac';
  let home: FreeRadiusEdge;
  let edge: FreeRadiusEdge;
  before(async () => {
    const nowhere = { address: '127.0.0.1', port: 9 };
    home = await startFreeRadiusEdge({ home: nowhere, homeSecret, secret: homeSecret, users: { alice: password } });
    edge = await startFreeRadiusEdge({ home, homeSecret, secret: 'between-the-point-and-the-edge' });
  });
  after(async () => {
    await edge?.stop();
    await home?.stop();
  });
  const login = (own: Pick<EapolTestOptions, 'eap' | 'inner' | 'password'>) =>
    eapolTest({ server: edge, identity: 'alice', outer: 'anonymous', ...own });

  const asked = async (): Promise<number> =>
    (await home.lines()).filter((line) => line.includes(' Received Access-Request ')).length;

  for (const [eap, inner] of [
    ['PEAP', 'MSCHAPV2'],
    ['TTLS', 'MSCHAPV2'],
    ['TTLS', 'MSCHAP'],
    ['TTLS', 'CHAP'],
    ['TTLS', 'PAP'],
  ] as const)
    it(`${eap} with ${inner} is let in with the right password alone, by what the home server says`, async () => {
      const before = await asked();
      expect(await login({ eap, inner, password })).to.include({ success: true });
      expect(await login({ eap, inner, password: 'wrong' })).to.include({ success: false });
      expect((await asked()) - before).to.equal(2);
    });
});
