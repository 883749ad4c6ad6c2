import { expect } from 'chai';
import { valuesOf } from './attributes.ts';
import type { AttributePair } from './attributes.ts';
import { startFreeRadius } from './freeradius.ts';
import type { FreeRadius } from './freeradius.ts';
import {
  accessRequest,
  attribute,
  attributeBytes,
  Code,
  Type,
  valuesOfType,
  vendorAttribute,
  verifyReply,
} from './packet-bytes.ts';
import type { RawPacket } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { radclient } from './radclient.ts';
import { ask, clientSecret, prompt, promptAgain, startScene, upstreamSecret } from './scene.ts';
import type { Scene } from './scene.ts';
import { totp, wrongCode } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const enrolled = ['right', 'second', 'third', 'exact', 'bytes', 'keys', 'state', 'replay', 'refused'];
const password = 'wonder, "land" and more than sixteen octets';

const granted: readonly AttributePair[] = [
  ['Class', '0x00ff80414243'],
  ['Framed-IP-Address', '192.0.2.7'],
  ['Reply-Message', 'Welcome'],
  ['Cisco-AVPair', 'shell:priv-lvl=15'],
  ['Filter-Id', 'staff'],
  ['Reply-Message', 'once more'],
  ['MS-Primary-DNS-Server', '192.0.2.53'],
  ['Class', '0x01'],
  ['Fortinet-Group-Name', 'vpn users'],
  ['Session-Timeout', '3600'],
];
const mppeKey = `0x${'5a'.repeat(32)}`;

function credentials(user: string, secret: string, state?: string): AttributePair[] {
  const pairs: AttributePair[] = [
    ['Message-Authenticator', '0x00'],
    ['User-Name', user],
    ['User-Password', secret],
  ];
  if (state !== undefined) pairs.push(['State', state]);
  return pairs;
}

/** All attributes but the Message-Authenticator, as they stand in the packet. */
function unsigned(packet: RawPacket): string {
  return attributeBytes(packet.attributes.filter(({ type }) => type !== Type.messageAuthenticator)).toString('hex');
}

peer('freeradius', 'radclient')('login with PAP, FreeRADIUS upstream', () => {
  let home: FreeRadius;
  let scene: Scene;
  let client: UdpClient;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({
      secret: upstreamSecret,
      rejectReply: [
        ['Reply-Message', 'Not you'],
        ['Class', '0x0102'],
        ['Reply-Message', 'Go away'],
      ],
      users: {
        ...Object.fromEntries([...enrolled, 'unenrolled'].map((name) => [name, { password, reply: granted }])),
        bytes: { password: Buffer.from('ff0afec3a9', 'hex') },
        keys: {
          password,
          reply: [
            ['MS-MPPE-Send-Key', mppeKey],
            ['Filter-Id', 'between'],
            ['Tunnel-Password', 'through the tunnel'],
          ],
        },
      },
    });
    scene = await startScene({ upstream: [home.server], enrolled, added: ['unenrolled'] });
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
  });
  beforeEach(async () => {
    client = await UdpClient.open();
  });
  afterEach(() => client.close());

  const radclientAsk = async (user: string, secret: string, state?: string) => {
    const { reply } = await radclient({
      server: scene.server,
      secret: clientSecret,
      attributes: credentials(user, secret, state),
    });
    if (reply === undefined) throw new Error('no reply');
    return reply;
  };
  const requestsOf = async (user: string) =>
    (await home.requests()).filter((request) => valuesOf(request.attributes, 'User-Name')[0] === user);

  it('accepts the right password and code, and asks the upstream once', async () => {
    const challenge = await radclientAsk('right', password);
    expect(challenge.code).to.equal('Access-Challenge');
    expect(challenge.attributes[0]?.name).to.equal('Message-Authenticator');
    expect(valuesOf(challenge.attributes, 'Reply-Message')).to.deep.equal([prompt]);
    // At least 128 bits.
    expect(challenge.state).to.match(/^0x[0-9a-f]{32,}$/);
    const accept = await radclientAsk('right', totp(scene.oath('right')), challenge.state);
    expect(accept.code).to.equal('Access-Accept');
    const [signature, ...attributes] = accept.attributes;
    expect(signature?.name).to.equal('Message-Authenticator');
    expect(attributes.map(({ name, value }) => [name, value])).to.deep.equal(granted);

    const requests = await requestsOf('right');
    expect(requests).to.have.length(1);
    expect(valuesOf(requests[0]?.attributes ?? [], 'User-Password')).to.deep.equal([password]);
  });

  it('asks again after a wrong code, and then accepts the right one', async () => {
    const first = await radclientAsk('second', password);
    const again = await radclientAsk('second', wrongCode(scene.oath('second')), first.state);
    expect(again.code).to.equal('Access-Challenge');
    expect(again.attributes[0]?.name).to.equal('Message-Authenticator');
    expect(valuesOf(again.attributes, 'Reply-Message')).to.deep.equal([promptAgain]);
    expect(again.state).to.match(/^0x/).and.not.equal(first.state);
    const accept = await radclientAsk('second', totp(scene.oath('second')), again.state);
    expect(accept.code).to.equal('Access-Accept');
    expect(valuesOf(accept.attributes, 'Class')).to.deep.equal(['0x00ff80414243', '0x01']);
    expect(await requestsOf('second')).to.have.length(1);
  });

  it('rejects after the third wrong code', async () => {
    let reply = await radclientAsk('third', password);
    for (let salt = 0; salt < 3; salt++) {
      expect(reply.code, `before wrong code ${salt}`).to.equal('Access-Challenge');
      reply = await radclientAsk('third', wrongCode(scene.oath('third'), salt), reply.state);
    }
    expect(reply.code).to.equal('Access-Reject');
    expect(reply.attributes[0]?.name).to.equal('Message-Authenticator');
    expect(reply.state).to.equal(undefined);
    expect(valuesOf(reply.attributes, 'Class'), 'what the upstream granted').to.deep.equal([]);
    expect(await requestsOf('third')).to.have.length(1);
  });

  it("passes on the upstream's reject of a wrong password, without what a reject may not carry", async () => {
    const reply = await radclientAsk('refused', 'wrong');
    expect(reply.code).to.equal('Access-Reject');
    const [signature, ...attributes] = reply.attributes;
    expect(signature?.name).to.equal('Message-Authenticator');
    expect(attributes).to.deep.equal([
      { name: 'Reply-Message', value: 'Not you' },
      { name: 'Reply-Message', value: 'Go away' },
    ]);
  });

  it('rejects a user without a token although the password is right', async () => {
    const reply = await radclientAsk('unenrolled', password);
    expect(reply.code).to.equal('Access-Reject');
    expect(valuesOf(reply.attributes, 'Class')).to.deep.equal([]);
  });

  it('grants exactly the bytes that the upstream granted', async () => {
    const direct = accessRequest({ identifier: 1, secret: upstreamSecret, user: 'exact', password });
    const own = verifyReply(await client.exchange(direct, home), direct, upstreamSecret);
    expect(own.code).to.equal(Code.accessAccept);

    const challenge = await ask(client, scene, { identifier: 1, user: 'exact', password });
    expect(challenge.code).to.equal(Code.accessChallenge);
    const [state] = valuesOfType(challenge, Type.state);
    const proxyStates = [attribute(Type.proxyState, 'a'), attribute(Type.proxyState, Buffer.of(0, 255))];
    const accept = await ask(client, scene, {
      identifier: 2,
      user: 'exact',
      password: totp(scene.oath('exact')),
      state,
      attributes: proxyStates,
    });
    expect(accept.code).to.equal(Code.accessAccept);
    const proxied = accept.attributes.filter(({ type }) => type === Type.proxyState);
    expect(proxied.map(({ value }) => value.toString('hex'))).to.deep.equal(['61', '00ff']);
    const rest = accept.attributes.filter(({ type }) => type !== Type.proxyState);
    expect(unsigned({ ...accept, attributes: rest })).to.equal(unsigned(own));
  });

  it("forwards the client's attributes in order, signed, and the password as bytes", async () => {
    const odd = Buffer.from('ff0afec3a9', 'hex');
    const sent = [
      attribute(Type.nasIpAddress, Buffer.of(198, 51, 100, 1)),
      vendorAttribute(9, 1, 'client-type=vpn'),
      attribute(Type.callingStationId, '203.0.113.9'),
      attribute(Type.nasIdentifier, 'gate'),
      vendorAttribute(311, 200, Buffer.of(1, 2, 3)),
      attribute(Type.proxyState, 'of the client'),
    ];
    const challenge = await ask(client, scene, { identifier: 3, user: 'bytes', password: odd, attributes: sent });
    expect(challenge.code).to.equal(Code.accessChallenge);
    const [request, ...more] = await requestsOf('bytes');
    expect(more).to.deep.equal([]);
    const names = request?.attributes.map(({ name }) => name) ?? [];
    expect(names[0]).to.equal('Message-Authenticator');
    expect(names.filter((name) => name === 'Message-Authenticator')).to.have.length(1);
    expect(names).not.to.include('State');
    const forwarded = request?.attributes.filter(
      ({ name }) => !['Message-Authenticator', 'User-Name', 'User-Password', 'Proxy-State'].includes(name),
    );
    expect(forwarded?.map(({ value }) => value)).to.deep.equal([
      '198.51.100.1',
      'client-type=vpn',
      '203.0.113.9',
      'gate',
      '0x010203',
    ]);
    const proxyStates = valuesOf(request?.attributes ?? [], 'Proxy-State');
    // RFC 2865 section 5.33: the client's stays, the proxy's own comes last.
    expect(proxyStates).to.have.length(2);
    expect(proxyStates[0]).to.equal(`0x${Buffer.from('of the client').toString('hex')}`);
    expect(names.at(-1)).to.equal('Proxy-State');
  });

  it('hides keys and tunnel passwords anew for the client', async () => {
    const challenge = await radclientAsk('keys', password);
    const accept = await radclientAsk('keys', totp(scene.oath('keys')), challenge.state);
    expect(accept.code).to.equal('Access-Accept');
    expect(accept.attributes.slice(1).map(({ name, value }) => [name.split(':')[0], value])).to.deep.equal([
      ['MS-MPPE-Send-Key', mppeKey],
      ['Filter-Id', 'between'],
      ['Tunnel-Password', 'through the tunnel'],
    ]);
  });

  it('rejects an answer with a State that is used or made up, and never tries it as a password', async () => {
    const { state: used } = await radclientAsk('state', password);
    const again = await radclientAsk('state', wrongCode(scene.oath('state')), used);
    expect(again.code).to.equal('Access-Challenge');
    for (const state of [used, `0x${'00'.repeat(16)}`]) {
      const reply = await radclientAsk('state', password, state);
      expect(reply.code, state).to.equal('Access-Reject');
    }
    expect(await requestsOf('state')).to.have.length(1);
  });

  it('accepts a code once', async () => {
    const code = totp(scene.oath('replay'));
    const login = async () => {
      const { state } = await radclientAsk('replay', password);
      return radclientAsk('replay', code, state);
    };
    expect((await login()).code).to.equal('Access-Accept');
    expect((await login()).code).to.equal('Access-Challenge');
  });
});
