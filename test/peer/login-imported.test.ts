import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from './child.ts';
import { startFreeRadius } from './freeradius.ts';
import type { FreeRadius } from './freeradius.ts';
import { peer } from './peer.ts';
import { radclientReply } from './radclient.ts';
import type { RadclientReply } from './radclient.ts';
import { succeed } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret } from './scene.ts';
import type { Scene } from './scene.ts';

const password = 'of the directory';
const key = { harriet: '48'.repeat(20), tom: '54'.repeat(20) };

const keyPackage = (serial: string, type: 'hotp' | 'totp', hex: string, moving: string): string =>
  `<KeyPackage><DeviceInfo><Manufacturer>Acme</Manufacturer><SerialNo>${serial}</SerialNo></DeviceInfo>
<Key Id="${serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:${type}">
<AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
<Data><Secret><PlainValue>${Buffer.from(hex, 'hex').toString('base64')}</PlainValue></Secret>${moving}</Data></Key></KeyPackage>`;
const file = `<?xml version="1.0"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
${keyPackage('HW-1', 'hotp', key.harriet, '<Counter><PlainValue>41</PlainValue></Counter>')}
${keyPackage('HW-2', 'totp', key.tom, '<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>30</PlainValue></TimeInterval>')}
</KeyContainer>
`;

peer(
  'freeradius',
  'radclient',
  'oathtool',
)('login with imported hardware tokens, FreeRADIUS upstream', function () {
  this.timeout(60_000);
  let home: FreeRadius;
  let scene: Scene;
  before(async () => {
    const users = Object.fromEntries(['harriet', 'tom'].map((name) => [name, { password, reply: [] }]));
    home = await startFreeRadius({ secret: upstreamSecret, users });
    scene = await startScene({ upstream: [home.server], added: ['harriet', 'tom'] });
    await writeFile(join(scene.radgate.dir, 'box.xml'), file);
    await succeed(scene.radgate.cli(['token', 'import', 'box.xml', '--apply']));
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
  });

  const oathtool = async (...args: string[]): Promise<string> =>
    (await succeed(run('oathtool', args.slice(0, -1), { input: args.at(-1) ?? '' }))).stdout.trim();
  const counted = (counter: number): Promise<string> => oathtool('--counter', `${counter}`, '-', key.harriet);
  const timed = (seconds: number): Promise<string> =>
    oathtool('--totp', '--now', `@${Math.floor(Date.now() / 1000) + seconds}`, '-', key.tom);

  const ask = async (user: string, secret: string, state?: string): Promise<RadclientReply> => {
    return radclientReply({
      server: scene.server,
      secret: clientSecret,
      attributes: [
        ['Message-Authenticator', '0x00'],
        ['User-Name', user],
        ['User-Password', secret],
        ...(state === undefined ? [] : [['State', state] as const]),
      ],
    });
  };
  const answer = async (user: string, code: string): Promise<string> => {
    const challenge = await ask(user, password);
    expect(challenge.code).to.equal('Access-Challenge');
    return (await ask(user, code, challenge.state)).code;
  };
  const assign = (serial: string, user: string, code: string): ReturnType<Scene['radgate']['cli']> =>
    scene.radgate.cli(['token', 'assign', serial, user], `${code}\n`);

  it('HOTP: assigned by its first code, logs in by the next, and never by one before', async () => {
    expect((await assign('HW-1', 'harriet', await counted(40))).code, 'a code before its counter').to.equal(1);
    await succeed(assign('HW-1', 'harriet', await counted(41)));
    expect(await answer('harriet', await counted(42))).to.equal('Access-Accept');
    expect(await answer('harriet', await counted(42)), 'the same again').to.equal('Access-Challenge');
    expect(await answer('harriet', await counted(45)), 'pressed a few times in vain').to.equal('Access-Accept');
    expect(await answer('harriet', await counted(44))).to.equal('Access-Challenge');
  });

  it('TOTP: assigned by its first code, logs in by the next, and not by the first again', async () => {
    const first = await timed(0);
    await succeed(assign('HW-2', 'tom', first));
    expect(await answer('tom', first)).to.equal('Access-Challenge');
    expect(await answer('tom', await timed(30))).to.equal('Access-Accept');
  });
});
