import { expect } from 'chai';
import { client } from './config-parts.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { pamtester } from './pamtester.ts';
import { peer } from './peer.ts';
import { radclient } from './radclient.ts';
import { succeed } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { totp } from './totp.ts';

const password = 'wonderland';
const other = '127.0.0.2';

peer(
  'freeradius',
  'pam_radius',
  'pamtester',
  'radclient',
)('what clients are seen to do', function () {
  this.timeout(60_000);
  let home: FreeRadius;
  let scene: Scene;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: { alice: { password }, slow: { password } },
      // It never answers this one: the device asks again.
      authorize:
        'if (&User-Name == "slow") {\n  update control { &Response-Packet-Type := Do-Not-Respond }\n  handled\n}',
    });
    scene = await startScene({
      upstream: [home.server],
      enrolled: ['alice'],
      client: 'deadline = "3s"',
      primary: 'timeout = "1s"\ntries = 1',
      more: client('idle', other),
    });
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
  });

  it('pam_radius and radclient, as the store has it once the service has ended', async () => {
    const answers = [password, totp(scene.oath('alice'))];
    const login = await pamtester({ server: scene.server, secret: clientSecret, user: 'alice', answers });
    expect(login.code).to.equal(0);
    const { reply, sent } = await radclient({
      server: scene.server,
      secret: clientSecret,
      attributes: [
        ['User-Name', 'slow'],
        ['User-Password', password],
      ],
      tries: 3,
      timeout: 1,
    });
    expect([reply, sent]).to.deep.equal([undefined, 3]);
    const { radgate } = scene;
    process.kill(radgate.pid, 'SIGTERM');
    await radgate.waitForLog((entry) => entry['msg'] === 'stopped', 'its end');
    const shown = async (name: string): Promise<Record<string, unknown>> =>
      JSON.parse((await succeed(radgate.cli(['client', 'show', name, '--json']))).stdout) as Record<string, unknown>;
    const nas = await shown('nas');
    expect(nas).to.include({
      requests: 3,
      signed: 0,
      unsigned: 3,
      proxied: 0,
      challenges: 1,
      answers: 1,
      copies: 2,
      late_copies: 0,
      most_copies: 2,
    });
    expect(nas['longest_wait_ms']).to.be.within(1_800, 4_000);
    expect(nas['mean_gap_ms']).to.be.within(900, 2_000);
    expect(await shown('idle')).to.include({ requests: 0, last: null });
    await radgate.kill();
    scene = await scene.restarted();
  });
});
