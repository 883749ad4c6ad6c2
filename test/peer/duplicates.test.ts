import { expect } from 'chai';
import { accessRequest, Code, parsePacket, reply, Type, valuesOfType, verifySignedReply } from './packet-bytes.ts';
import { hostPort } from './free-port.ts';
import { ask, clientSecret, startScene, upstreamSecret } from './scene.ts';
import type { Scene } from './scene.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';
import type { Datagram } from './udp-client.ts';

const password = 'wonderland';
const enrolled = ['answered', 'pending', 'renewed', 'elsewhere', 'code'];

/** RFC 5080 section 2.2.2, seen from a NAS, with a home server that answers when the test wants it to. */
describe('duplicates of a request, at the built program', () => {
  let home: UdpClient;
  let scene: Scene;
  let client: UdpClient;
  before(async function () {
    this.timeout(60_000);
    home = await UdpClient.open();
    // No retransmission of its own comes between.
    const primary = 'timeout = "20s"\ntries = 1';
    const client = 'deadline = "30s"';
    scene = await startScene({ upstream: [hostPort('127.0.0.1', home.port)], enrolled, primary, client });
  });
  after(async () => {
    await scene?.stop();
    await home?.close();
  });
  beforeEach(async () => {
    client = await UdpClient.open();
  });
  afterEach(async () => {
    expect(home.unread, 'requests upstream that no test expected').to.equal(0);
    await client.close();
  });

  const accept = ({ bytes, from }: Datagram): Promise<void> =>
    home.send(reply(Code.accessAccept, parsePacket(bytes), { secret: upstreamSecret }), from);
  const request = (user: string, identifier = 1): Buffer =>
    accessRequest({ identifier, secret: clientSecret, user, password });

  it('answered: gives the same bytes again, and asks the upstream once', async () => {
    const bytes = request('answered');
    await client.send(bytes, scene.nas);
    await accept(await home.next());
    const { bytes: challenge } = await client.next();
    expect(verifySignedReply(challenge, bytes, clientSecret).code).to.equal(Code.accessChallenge);
    for (let copy = 0; copy < 3; copy++) {
      expect((await client.exchange(bytes, scene.nas)).equals(challenge), `copy ${copy}`).to.equal(true);
    }
    await client.expectSilence(scene.nas, clientSecret);
  });

  it('pending: is silent, then answers once', async () => {
    const bytes = request('pending');
    await client.send(bytes, scene.nas);
    const upstream = await home.next();
    await client.send(bytes, scene.nas);
    await client.send(bytes, scene.nas);
    await client.expectSilence(scene.nas, clientSecret);
    expect(home.unread, 'asked upstream again').to.equal(0);
    await accept(upstream);
    const { bytes: challenge } = await client.next();
    expect(verifySignedReply(challenge, bytes, clientSecret).code).to.equal(Code.accessChallenge);
    await client.expectSilence(scene.nas, clientSecret);
  });

  it('the same identifier with a new authenticator is a new request', async () => {
    const states: string[] = [];
    for (const bytes of [request('renewed'), request('renewed')]) {
      await client.send(bytes, scene.nas);
      await accept(await home.next());
      const challenge = verifySignedReply((await client.next()).bytes, bytes, clientSecret);
      expect(challenge.code).to.equal(Code.accessChallenge);
      states.push(valuesOfType(challenge, Type.state).join());
    }
    expect(states[0]).not.to.equal(states[1]);
  });

  it('the same bytes from another port are another request', async () => {
    const bytes = request('elsewhere');
    const other = await UdpClient.open();
    for (const socket of [client, other]) {
      await socket.send(bytes, scene.nas);
      await accept(await home.next());
      expect(verifySignedReply((await socket.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessChallenge);
    }
    await other.close();
  });

  it('an answer with the right code, sent again, gets the same Accept and not a reject for its used State', async () => {
    const first = ask(client, scene, { identifier: 1, user: 'code', password });
    await accept(await home.next());
    const [state] = valuesOfType(await first, Type.state);
    const code = totp(scene.oath('code'));
    const bytes = accessRequest({ identifier: 2, secret: clientSecret, user: 'code', password: code, state });
    const answer = await client.exchange(bytes, scene.nas);
    expect(verifySignedReply(answer, bytes, clientSecret).code).to.equal(Code.accessAccept);
    expect((await client.exchange(bytes, scene.nas)).equals(answer)).to.equal(true);

    // By another port it is no duplicate (RFC 5080), but still the same answer from the same client: the verdict again, newly encoded.
    const other = await UdpClient.open();
    const moved = { identifier: 9, user: 'code', password: code, state };
    expect((await ask(other, scene, moved)).code).to.equal(Code.accessAccept);
    await other.close();
  });
});
