import { expect } from 'chai';
import { hostPort } from './free-port.ts';
import { accessRequest, Code, parsePacket, reply, Type, valuesOfType } from './packet-bytes.ts';
import { ask, clientSecret, startScene, upstreamSecret } from './scene.ts';
import type { Scene } from './scene.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const password = 'wonderland';

/** What an answer depended on is there after a SIGKILL. */
describe('a restart after SIGKILL, at the built program', () => {
  let home: UdpClient;
  let scene: Scene;
  let client: UdpClient;
  before(async function () {
    this.timeout(60_000);
    home = await UdpClient.open();
    client = await UdpClient.open();
    scene = await startScene({ upstream: [hostPort('127.0.0.1', home.port)], enrolled: ['used', 'unsigned'] });
  });
  after(async () => {
    await scene?.stop();
    await client?.close();
    await home?.close();
  });

  async function restart(): Promise<void> {
    await scene.radgate.kill();
    scene = await scene.restarted();
  }

  async function login(user: string, code: string): Promise<number> {
    const challenge = ask(client, scene, { identifier: 1, user, password });
    const { bytes, from } = await home.next();
    await home.send(reply(Code.accessAccept, parsePacket(bytes), { secret: upstreamSecret }), from);
    const [state] = valuesOfType(await challenge, Type.state);
    return (await ask(client, scene, { identifier: 2, user, password: code, state })).code;
  }

  it('a code that was accepted stays used', async () => {
    const code = totp(scene.oath('used'));
    expect(await login('used', code)).to.equal(Code.accessAccept);
    await restart();
    expect(await login('used', code)).to.equal(Code.accessChallenge);
    expect(await login('used', totp(scene.oath('used'), { steps: 1 }))).to.equal(Code.accessAccept);
  });

  it('a NAS that once signed its requests must go on to', async () => {
    expect(await login('unsigned', totp(scene.oath('unsigned')))).to.equal(Code.accessAccept);
    await restart();
    const request = { identifier: 3, secret: clientSecret, user: 'unsigned', password };
    await client.send(accessRequest({ ...request, messageAuthenticator: 'none' }), scene.nas);
    await client.expectSilence(scene.nas, clientSecret);
    expect(home.unread).to.equal(0);
  });
});
