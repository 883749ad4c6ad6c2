import { expect } from 'chai';
import type { AttributePair } from './attributes.ts';
import { freeUdpPort } from './free-port.ts';
import { startFreeRadiusNps, type FreeRadiusNps } from './freeradius-nps.ts';
import {
  accessRequest,
  attribute,
  Code,
  parsePacket,
  Type,
  valuesOfType,
  vendorAttribute,
  verifyReply,
  type AccessRequestOptions,
  type RawAttribute,
  type RawPacket,
} from './packet-bytes.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { Tap } from './tap.ts';
import { UdpClient } from './udp-client.ts';

const gatewaySecret = 'between the gateway and its NPS';
const integer = (value: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
};
const microsoft = (type: number, value: string | Buffer): RawAttribute => vendorAttribute(311, type, value);

/** As RD Gateway asks: who it is, from which machine, over which kind of server; no password. */
const ofGateway: readonly RawAttribute[] = [
  attribute(30, 'UserAuthType:PW'),
  attribute(61, integer(5)),
  microsoft(47, integer(1)),
  microsoft(50, 'PC-7.corp.example\0'),
  microsoft(34, 'PC-7\0'),
  microsoft(35, 'MSRASV5.20'),
  microsoft(18, 'MSRASV5.20'),
  microsoft(55, Buffer.from(Array.from({ length: 200 }, (_, i) => 255 - i))),
  microsoft(56, '{6F9619FF-8B86-D011-B42D-00CF4FC964FF}'),
];

/** What a network policy of NPS may grant. */
const grants: readonly AttributePair[] = [
  ['Class', '0x00ff6e7073000102'],
  ['MS-Quarantine-State', '0'],
  ['MS-Extended-Quarantine-State', '0'],
  ['MS-TSG-Device-Redirection', '536870912'],
  ['MS-Quarantine-IPFilter', '0x0001fe00ff'],
  ['MS-Quarantine-Session-Timeout', '120'],
  ['MS-IPv4-Remediation-Servers', '0x01c0000205'],
];

const ofTheHop = new Set<number>([Type.messageAuthenticator, Type.proxyState]);
/** What a packet says, apart from what belongs to the hop. */
const said = ({ attributes }: RawPacket): string[] =>
  attributes.filter(({ type }) => !ofTheHop.has(type)).map(({ type, value }) => `${type} ${value.toString('hex')}`);
const last = (packets: readonly Buffer[]): RawPacket => parsePacket(packets.at(-1) ?? Buffer.alloc(0));

peer('freeradius')('RD Gateway: FreeRADIUS as NPS on both sides', function () {
  this.timeout(30_000);
  let home: FreeRadiusNps;
  let front: FreeRadiusNps;
  let scene: Scene;
  let behindFront: Tap;
  let behindRadgate: Tap;
  let gateway: UdpClient;
  let identifier = 0;
  before(async function () {
    this.timeout(60_000);
    const port = await freeUdpPort('127.0.0.1');
    const radgate = { address: '127.0.0.1', port };
    // Its policy forwards one user back to radgate: the mistake that makes a loop.
    const condition = '&User-Name == "loop"';
    home = await startFreeRadiusNps({
      secret: upstreamSecret,
      forwards: { condition, to: radgate, secret: clientSecret },
      grants,
    });
    behindRadgate = await Tap.open(home);
    scene = await startScene({
      listen: [`127.0.0.1:${port}`],
      upstream: [`127.0.0.1:${behindRadgate.port}`],
      enrolled: ['alice'],
      client: 'profile = "rd-gateway"\nfactor = "if-enrolled"',
    });
    behindFront = await Tap.open(scene.nas);
    front = await startFreeRadiusNps({
      secret: gatewaySecret,
      forwards: { condition: '&User-Name', to: behindFront, secret: clientSecret },
      grants,
    });
    gateway = await UdpClient.open();
  });
  after(async () => {
    await gateway?.close();
    await front?.stop();
    await scene?.stop();
    await home?.stop();
    behindFront?.close();
    behindRadgate?.close();
  });

  const ask = async (own: Pick<AccessRequestOptions, 'user' | 'password'>): Promise<RawPacket> => {
    const request = accessRequest({ identifier: identifier++, secret: gatewaySecret, attributes: ofGateway, ...own });
    return verifyReply(await gateway.exchange(request, front, 10_000), request, gatewaySecret);
  };
  /** What the log says of the user's logins, once it says so much: a line is written a turn later than its answer. */
  const reasons = async (user: string, logins = 1): Promise<unknown[]> => {
    const said = (): unknown[] =>
      scene.radgate.log.filter((line) => line['user'] === user && 'verdict' in line).map(({ reason }) => reason);
    await scene.radgate.waitForLog(() => said().length >= logins, `${logins} logins of ${user} in the log`);
    return said();
  };

  it('a request without a password reaches NPS octet by octet, and its Accept alone lets nobody in', async () => {
    expect((await ask({ user: 'CORP\\alice' })).code).to.equal(Code.accessReject);
    const came = last(behindFront.requests);
    const went = last(behindRadgate.requests);
    expect(said(went)).to.deep.equal(said(came));
    for (const { type, value } of ofGateway) expect(said(went)).to.include(`${type} ${value.toString('hex')}`);
    expect(last(behindRadgate.replies).code).to.equal(Code.accessAccept);
    expect(await reasons(String.raw`CORP\alice`)).to.deep.equal(['approval-needed']);
  });

  it('the Proxy-States of NPS go on and come back to it; ours is behind them, and stays behind', async () => {
    await ask({ user: 'CORP\\alice' });
    const came = valuesOfType(last(behindFront.requests), Type.proxyState);
    const went = valuesOfType(last(behindRadgate.requests), Type.proxyState);
    expect(came).to.have.length(1);
    expect(went.slice(0, -1)).to.deep.equal(came);
    expect(went.at(-1)).to.have.length(16);
    expect(valuesOfType(last(behindFront.replies), Type.proxyState)).to.deep.equal(came);
  });

  it('no exemption lets a user in who brought no password', async () => {
    expect((await ask({ user: 'bob' })).code).to.equal(Code.accessReject);
    expect(await reasons('bob')).to.deep.equal(['approval-needed']);
  });

  it('what NPS grants to a login without a password comes octet by octet', async () => {
    await succeed(scene.radgate.cli(['user', 'bypass', 'alice', '--reason', 'lost phone']));
    const accept = await ask({ user: 'CORP\\alice' });
    expect(accept.code).to.equal(Code.accessAccept);
    const granted = said(last(behindRadgate.replies));
    expect(granted).to.have.length(grants.length);
    expect(said(last(behindFront.replies))).to.deep.equal(granted);
    expect(said(accept)).to.deep.equal(granted);
  });

  it('a request that NPS sends back is refused at once, logged with what to set right, and goes round once', async () => {
    const before = behindRadgate.requests.length;
    expect((await ask({ user: 'loop' })).code).to.equal(Code.accessReject);
    expect(behindRadgate.requests.length - before).to.equal(1);
    expect(await reasons('loop', 2)).to.deep.equal(['loop', 'upstream-rejected']);
    const [line] = scene.radgate.log.filter(({ reason }) => reason === 'loop');
    expect(line).to.include({ level: 40 });
    expect(line?.['msg']).to.match(/connection request policy .+ Client Friendly Name/);
    // Whoever is not sent back is served as before.
    expect((await ask({ user: 'bob', password: 'anything' })).code).to.equal(Code.accessAccept);
  });
});
