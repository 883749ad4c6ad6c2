import { expect } from 'chai';
import { valuesOf, type AttributePair } from './attributes.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { peer } from './peer.ts';
import { radclientReply, type RadclientReply } from './radclient.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';

const password = 'wonderland';
const chap: AttributePair[] = [['CHAP-Password', password]];
const msChap: AttributePair[] = [['MS-CHAP-Password', password]];

peer('freeradius', 'radclient')('login with CHAP and MS-CHAP, FreeRADIUS upstream', () => {
  let home: FreeRadius;
  let open: Scene;
  let strict: Scene;
  before(async function () {
    this.timeout(60_000);
    const reply: AttributePair[] = [['Class', '0x00ff']];
    home = await startFreeRadius({
      secret: upstreamSecret,
      eap: { namesInner: true },
      users: { alice: { password, reply }, bob: { password, reply } },
    });
    const scene = { upstream: [home.server], enrolled: ['alice'] };
    [open, strict] = await Promise.all([
      startScene({ ...scene, client: 'factor = "none"' }),
      startScene({ ...scene, client: 'factor = "if-enrolled"' }),
    ]);
  });
  after(async () => {
    await Promise.all([open.stop(), strict.stop()]);
    await home.stop();
  });

  const login = async (
    server: string,
    secret: string,
    user: string,
    credential: readonly AttributePair[],
  ): Promise<RadclientReply> => {
    const attributes: AttributePair[] = [['Message-Authenticator', '0x00'], ['User-Name', user], ...credential];
    return radclientReply({ server, secret, attributes });
  };

  for (const [name, credential] of [
    ['CHAP', chap],
    ['MS-CHAP', msChap],
  ] as const) {
    it(`${name}: what the upstream granted comes whole`, async () => {
      const direct = await login(home.server, upstreamSecret, 'alice', credential);
      const through = await login(open.server, clientSecret, 'alice', credential);
      expect(direct.code).to.equal('Access-Accept');
      expect(through.code).to.equal('Access-Accept');
      expect(valuesOf(through.attributes, 'Class')).to.deep.equal(['0x00ff']);
      // radclient has decrypted them with the secret of its own hop; they come of the password alone (RFC 2548 §2.4.1).
      const keys = valuesOf(direct.attributes, 'MS-CHAP-MPPE-Keys');
      expect(keys).to.have.length(name === 'CHAP' ? 0 : 1);
      expect(valuesOf(through.attributes, 'MS-CHAP-MPPE-Keys')).to.deep.equal(keys);
    });

    it(`${name}: a wrong password is refused in the upstream's words`, async () => {
      const wrong: AttributePair[] = credential.map(([attribute]) => [attribute, 'wrong']);
      const reply = await login(open.server, clientSecret, 'alice', wrong);
      expect(reply.code).to.equal('Access-Reject');
      const errors = valuesOf(reply.attributes, 'MS-CHAP-Error');
      if (name === 'CHAP') expect(errors).to.deep.equal([]);
      else expect(errors.join(' ')).to.match(/E=691 R=1 C=[0-9a-f]+ V=2/);
    });

    it(`${name}: a code cannot be asked for: refused, told in ${name} where that has words for it`, async () => {
      const reply = await login(strict.server, clientSecret, 'alice', credential);
      expect(reply.code).to.equal('Access-Reject');
      expect(valuesOf(reply.attributes, 'Reply-Message').join(' ')).to.match(/this device cannot ask for one/);
      const errors = valuesOf(reply.attributes, 'MS-CHAP-Error');
      if (name === 'CHAP') expect(errors).to.deep.equal([]);
      else expect(errors.join(' ')).to.contain('E=691 R=0 V=2');
      await strict.radgate.waitForLogin('alice', 'code-needs-pap');
    });

    it(`${name}: who has no factor is let in where that is allowed`, async () => {
      expect((await login(strict.server, clientSecret, 'bob', credential)).code).to.equal('Access-Accept');
    });
  }

  it('CHAP: a challenge that was the Request Authenticator is made explicit for the upstream', async () => {
    await login(open.server, clientSecret, 'alice', chap);
    const request = (await home.requests()).at(-1);
    expect(request?.code).to.equal('Access-Request');
    expect(valuesOf(request?.attributes ?? [], 'CHAP-Challenge')).to.have.length(1);
  });
});
