import { expect } from 'chai';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { attribute, Code, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { ask, startScene, upstreamSecret, type Scene } from './scene.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const ours = 'wonderland';
const theirs = 'of the partner';
const notEnrolled = 'No second factor is registered for you. Please contact your help desk.';

peer('freeradius')('realms, two FreeRADIUS upstreams', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let partner: FreeRadius;
  let scene: Scene;
  let client: UdpClient;
  let identifier = 0;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: { alice: { password: ours }, carol: { password: ours }, 'bob@corp.example': { password: ours } },
    });
    partner = await startFreeRadius({
      secret: upstreamSecret,
      users: {
        alice: { password: theirs },
        carol: { password: theirs },
        backup: { password: theirs },
        mallory: { password: theirs, reply: [['User-Name', 'bob@corp.example']] },
        eve: { password: theirs, reply: [['User-Name', 'alice']] },
      },
    });
    scene = await startScene({
      upstream: [home.server],
      client: 'primary = "home"',
      more: `[[primary]]
name = "partner"
type = "radius"
server = "${partner.server}"
secret = "${upstreamSecret}"
[[realm]]
suffix = "partner.example"
primary = "partner"
strip = true
[[policy]]
name = "jobs"
user = ["backup", "alice@corp.example"]
decision = "allow"
[[policy]]
name = "ours"
primary = "home"
decision = "require"
reply = "Filter-Id=staff"`,
      enrolled: ['alice', 'bob@corp.example', 'carol@partner.example'],
    });
    client = await UdpClient.open();
  });
  after(async () => {
    await client?.close();
    await scene?.stop();
    await Promise.all([home?.stop(), partner?.stop()]);
  });

  const send = (user: string, password: string, state?: Buffer): Promise<RawPacket> => {
    const attributes = state ? [attribute(Type.state, state)] : [];
    return ask(client, scene, { user, password, attributes, identifier: identifier++ % 256 });
  };
  const texts = (packet: RawPacket, type: number): string[] => valuesOfType(packet, type).map(String);

  for (const [title, user] of [
    ["a partner's alice is not ours", 'alice@partner.example'],
    ['however she is spelled', 'PARTNER.example\\alice'],
    ["nor who is said by the partner's server to be bob of ours", 'mallory@partner.example'],
    ['or to be alice', 'eve@partner.example'],
    ['a rule that lets in a user of ours lets in no namesake', 'backup@partner.example'],
  ] as const)
    it(title, async () => {
      const reply = await send(user, theirs);
      expect([reply.code, texts(reply, Type.replyMessage)]).to.deep.equal([Code.accessReject, [notEnrolled]]);
    });

  it('our carol is not the one of the partner', async () => {
    const reply = await send('carol', ours);
    expect([reply.code, texts(reply, Type.replyMessage)]).to.deep.equal([Code.accessReject, [notEnrolled]]);
  });

  for (const [user, password, enrolled, given] of [
    ['carol@partner.example', theirs, 'carol@partner.example', []],
    ['bob@corp.example', ours, 'bob@corp.example', ['staff']],
  ] as const)
    it(`${user} comes in with her own password and code, by the rules for her`, async () => {
      const challenge = await send(user, password);
      expect(challenge.code).to.equal(Code.accessChallenge);
      const accept = await send(user, totp(scene.oath(enrolled)), valuesOfType(challenge, Type.state)[0]);
      expect([accept.code, texts(accept, Type.filterId)]).to.deep.equal([Code.accessAccept, given]);
    });

  it('the rule for alice in a domain of ours is hers without it too', async () => {
    expect((await send('alice', ours)).code).to.equal(Code.accessAccept);
  });
});
