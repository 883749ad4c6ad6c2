import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostPort } from './free-port.ts';
import { accessRequest, Code, parsePacket, reply, Type, valuesOfType, verifySignedReply } from './packet-bytes.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const clientSecret = 'unique-client-secret-7c1f';
const upstreamSecret = 'unique-upstream-secret-55d2';
const password = 'unique-password-aa31-ü';
const wrongPassword = 'unique-wrong-password-9e0c';
const oathKey = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const wrongCode = '00018273';
/** Of as many digits as a code that may stand beside the password. */
const appendedCode = '918273';

describe('secrets, sent down every path at the most talkative log level', function () {
  this.timeout(60_000);
  const upstream = createSocket('udp4');
  let radgate: Radgate;
  const printed: string[] = [];
  const states: Buffer[] = [];
  const codes: string[] = [];
  let appPassword = '';

  before(async () => {
    upstream.bind(0, '127.0.0.1');
    await once(upstream, 'listening');
    let requests = 0;
    upstream.on('message', (bytes, { address, port }) => {
      const request = parsePacket(bytes);
      const forged = reply(Code.accessAccept, request, { secret: upstreamSecret, forged: true });
      const right = reply(Code.accessAccept, request, { secret: upstreamSecret });
      const refusal = reply(Code.accessReject, request, { secret: upstreamSecret });
      // The fourth is answered by a forgery first.
      for (const answer of ++requests === 4 ? [forged, right] : [requests === 2 ? refusal : right])
        upstream.send(answer, port, address);
    });
    radgate = await startRadgate({
      config: (dir) => `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
waiting = "store"
[login]
reject_delay = "0s"
[[client]]
name = "nas"
address = "127.0.0.1"
secret = "${clientSecret}"
primary = "home"
[[client]]
name = "local-nas"
address = "127.0.0.2"
secret = "${clientSecret}"
primary = "here"
append = "code-last"
application_passwords = true
remember = "1m"
[[primary]]
name = "home"
type = "radius"
server = "${hostPort('127.0.0.1', upstream.address().port)}"
secret = "${upstreamSecret}"
[[primary]]
name = "here"
type = "local"
`,
      args: ['--log-level', 'trace'],
      prepare: async (cli) => {
        const run = async (args: readonly string[], input = ''): Promise<void> => {
          const { stdout, stderr } = await succeed(cli(args, input));
          printed.push(stdout, stderr);
        };
        await run(['user', 'add', 'alice', '--password-stdin'], `${password}\n`);
        await run(['token', 'add', 'alice', '--type', 'totp', '--secret-stdin'], `${oathKey}\n`);
        appPassword = (await succeed(cli(['user', 'app-password', 'add', 'alice', 'mail']))).stdout.trim();
        await run(['user', 'app-password', 'list', 'alice']);
        for (const args of [['user', 'show', 'alice'], ['user', 'list'], ['token', 'list'], ['check']]) {
          await run(args);
          await run([...args, '--json']);
        }
      },
    });
  });

  after(() => {
    upstream.close();
  });

  it('appear in no line, and in nothing that commands print', async () => {
    const [target] = radgate.listening;
    if (!target) throw new Error('it listens nowhere');
    let identifier = 0;
    const ask = async (client: UdpClient, typed: string, state?: Buffer): Promise<Buffer | undefined> => {
      const request = accessRequest({
        identifier: identifier++,
        secret: clientSecret,
        user: 'alice',
        password: typed,
        state,
      });
      const answer = verifySignedReply(await client.exchange(request, target), request, clientSecret);
      const [challenge] = valuesOfType(answer, Type.state);
      if (challenge) states.push(challenge);
      return challenge;
    };
    const nas = await UdpClient.open('127.0.0.1');
    const localNas = await UdpClient.open('127.0.0.2');
    const stranger = await UdpClient.open('127.0.0.3');

    const first = await ask(nas, password); // right password
    await ask(nas, wrongPassword); // refused by the upstream
    const second = await ask(nas, wrongCode, first); // wrong code
    const right = totp(oathKey);
    codes.push(right);
    await ask(nas, right, second); // right code: accepted
    const third = await ask(nas, password);
    const fourth = await ask(nas, right, third); // the code once more
    await ask(nas, right, third); // the same answer again: the same verdict
    await ask(nas, wrongCode, third); // a used State
    await ask(nas, password, Buffer.from('unique-foreign-state')); // a State nobody gave out
    await ask(nas, password); // a forgery before the upstream's answer
    await ask(localNas, password);
    await ask(localNas, wrongPassword);
    await ask(localNas, `${password},${appendedCode}`); // a wrong code beside the password
    await ask(localNas, `${wrongPassword},${appendedCode}`);
    await ask(localNas, appPassword);
    await ask(localNas, `${appPassword.slice(0, -6)}ZZZZZZ`); // a wrong one
    await ask(localNas, right, fourth); // another client's State
    const another = accessRequest({ identifier: 200, secret: 'unique-other-secret-11', user: 'alice', password });
    await nas.send(another, target); // wrong shared secret
    await nas.send(
      accessRequest({ identifier: 201, secret: clientSecret, user: 'alice', password }).subarray(0, 60),
      target,
    );
    await nas.expectSilence(target, clientSecret);
    await stranger.send(accessRequest({ identifier: 202, secret: clientSecret, user: 'alice', password }), target);
    await radgate.waitForLog((entry) => entry['reason'] === 'unknown-client', 'the line about the stranger');
    await Promise.all([nas.close(), localNas.close(), stranger.close()]);
    const sealingKey = (await readFile(join(radgate.dir, 'radgate.key'), 'utf8')).trim();
    expect(await radgate.stop()).to.equal(0);

    expect(codes[0]).to.match(/^[0-9]{6}$/);
    expect(states).to.have.length(8);
    expect(appPassword).to.match(/^[A-Z2-7-]{27}$/);
    const secrets = [
      ...[clientSecret, upstreamSecret, 'unique-other-secret-11', 'unique-foreign-state'].flatMap(spellings),
      ...[password, wrongPassword, wrongCode, appendedCode].flatMap(spellings),
      ...[appPassword, appPassword.slice(0, -7)].flatMap(spellings),
      ...states.flatMap((state) => spellings(state)),
      ...spellings(base32(oathKey)),
      oathKey,
      sealingKey,
      '$scrypt$',
    ];
    const lines = [...radgate.log.map((entry) => JSON.stringify(entry)), ...radgate.stderr, ...printed];
    expect(radgate.log.length).to.be.greaterThan(10);
    for (const secret of secrets) {
      const found = lines.filter((line) => line.includes(secret));
      expect(found, `a secret of ${secret.length} characters`).to.deep.equal([]);
    }
    // Six digits can stand in an id or a time by chance: codes are looked for as words.
    for (const code of codes) expect(lines.filter((line) => new RegExp(`\\b${code}\\b`).test(line))).to.deep.equal([]);
  });
});

/** How octets could be spelled in a line. */
function spellings(secret: string | Buffer): string[] {
  const octets = Buffer.from(secret);
  const asText = typeof secret === 'string' ? [secret, secret.toUpperCase()] : [];
  const json = JSON.stringify([...octets]).slice(1, -1);
  return [...asText, octets.toString('hex'), octets.toString('base64'), octets.toString('base64url'), json];
}

function base32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = Array.from(text, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}
