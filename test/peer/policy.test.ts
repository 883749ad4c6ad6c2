import { expect } from 'chai';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { peer } from './peer.ts';
import { radclient, type RadclientReply } from './radclient.ts';
import type { AttributePair } from './attributes.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { totp } from './totp.ts';

const password = 'wonderland';

const rules = `trust_device_address = true
[[policy]]
name = "leavers"
user = "mallory"
decision = "deny"
text = "Your access has ended."
[[policy]]
name = "office"
user = ["alice", "new"]
network = "192.0.2.0/24"
decision = "allow"
reply = ["Filter-Id=office", "Tunnel-Private-Group-Id=:1:20"]
reply_add = ["Class=own", "Cisco-AVPair=ip:inacl#1=permit ip any any"]
reply_remove = "Session-Timeout"
[[policy]]
name = "roll-out"
decision = "require"
reply = "Filter-Id=proven"
unenrolled = "allow"
unenrolled_until = "2099-01-15"
text = "From 15 January you need a code."`;

peer('freeradius', 'radclient')('rules, FreeRADIUS upstream', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let scene: Scene;
  before(async function () {
    this.timeout(60_000);
    const reply = [
      ['Filter-Id', 'upstream'],
      ['Class', '0x7570'],
      ['Session-Timeout', '60'],
    ] as const;
    const users = Object.fromEntries(['alice', 'mallory', 'new'].map((name) => [name, { password, reply }]));
    home = await startFreeRadius({ secret: upstreamSecret, users });
    scene = await startScene({ upstream: [home.server], enrolled: ['alice', 'mallory'], client: rules });
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
  });

  for (const [title, user, device, code, text, reason, rule] of [
    [
      'a refusal has the text of its rule',
      'mallory',
      '192.0.2.7',
      'Access-Reject',
      'Your access has ended.',
      'denied-by-policy',
      'leavers',
    ],
    ['an exempt network lets in', 'alice', '192.0.2.7', 'Access-Accept', undefined, 'allowed-by-policy', 'office'],
    ['elsewhere a code is asked for', 'alice', '198.51.100.7', 'Access-Challenge', 'Code: ', undefined, undefined],
    [
      'an exempt network is no way around a wrong spelling',
      'álice',
      '192.0.2.7',
      'Access-Reject',
      undefined,
      undefined,
      undefined,
    ],
    [
      'who has no token comes in with a reminder',
      'new',
      '198.51.100.7',
      'Access-Accept',
      'From 15 January you need a code.',
      'not-enrolled-by-policy',
      'roll-out',
    ],
  ] as const)
    it(`radclient: ${title}`, async () => {
      const { reply } = await radclient({
        server: scene.server,
        secret: clientSecret,
        attributes: [
          ['Message-Authenticator', '0x00'],
          ['User-Name', user],
          ['User-Password', password],
          ['Calling-Station-Id', device],
        ],
      });
      expect(reply?.code).to.equal(code);
      const told = reply?.attributes.find(({ name }) => name === 'Reply-Message')?.value;
      if (text !== undefined) expect(told).to.include(text);
      if (rule === undefined) return;
      expect(await scene.radgate.waitForLogin(user, reason)).to.include({ rule });
    });

  /** What the Accept carries, as radclient reads it, in the order of the packet. */
  const carried = async (attributes: readonly AttributePair[]): Promise<RadclientReply> => {
    const own: AttributePair[] = [['Message-Authenticator', '0x00'], ['User-Name', 'alice'], ...attributes];
    const { reply } = await radclient({ server: scene.server, secret: clientSecret, attributes: own });
    if (!reply) throw new Error('no reply');
    return reply;
  };
  const namesAndValues = ({ attributes }: RadclientReply): string[] =>
    attributes.filter(({ name }) => name !== 'Message-Authenticator').map(({ name, value }) => `${name}=${value}`);

  it('radclient: an Accept without a factor carries what its rule says', async () => {
    const accepted = await carried([
      ['User-Password', password],
      ['Calling-Station-Id', '192.0.2.7'],
    ]);
    expect(accepted.code).to.equal('Access-Accept');
    expect(namesAndValues(accepted)).to.deep.equal([
      'Class=0x7570',
      'Filter-Id=office',
      'Tunnel-Private-Group-Id:1=20',
      'Class=0x6f776e',
      'Cisco-AVPair=ip:inacl#1=permit ip any any',
    ]);
  });

  it('radclient: an Accept after a code carries what its rule says', async () => {
    const device: AttributePair = ['Calling-Station-Id', '198.51.100.7'];
    const { code, state } = await carried([['User-Password', password], device]);
    expect(code).to.equal('Access-Challenge');
    const accepted = await carried([['User-Password', totp(scene.oath('alice'))], device, ['State', state ?? '']]);
    expect(accepted.code).to.equal('Access-Accept');
    expect(namesAndValues(accepted)).to.have.members(['Class=0x7570', 'Session-Timeout=60', 'Filter-Id=proven']);
  });
});
