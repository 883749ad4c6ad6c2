import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { generateSecret } from 'otplib';
import { accessRequest, Code, Type, valuesOfType, verifySignedReply, type RawPacket } from '../peer/packet-bytes.ts';
import { peer } from '../peer/peer.ts';
import { startRadgate, succeed, type Cli, type Radgate } from '../peer/radgate.ts';
import { totp, wrongCode } from '../peer/totp.ts';
import { UdpClient } from '../peer/udp-client.ts';
import { Postgres } from '../support/postgres.ts';

const secret = 'between-the-nas-and-both-nodes';
const password = 'correct horse battery';

peer('postgresql')('two nodes on one PostgreSQL', function () {
  this.timeout(60_000);
  const keys = mkdtempSync(join(tmpdir(), 'radgate-nodes-'));
  const nodes: Radgate[] = [];
  const oath = new Map<string, string>();
  let postgres: Postgres;
  let client: UdpClient;
  let identifier = 0;

  const enrol = async (cli: Cli, user: string): Promise<void> => {
    const key = generateSecret();
    await succeed(cli(['user', 'add', user, '--password-stdin'], `${password}\n`));
    await succeed(cli(['token', 'add', user, '--secret-stdin'], `${key}\n`));
    oath.set(user, key);
  };

  before(async () => {
    postgres = await Postgres.start();
    const database = await postgres.createDatabase();
    const config = (): string => `
[listen]
auth = "127.0.0.1:0"
[store]
url = "postgres://radgate@127.0.0.1:${postgres.port}/${database}"
password = "${postgres.password}"
key_file = "${join(keys, 'radgate.key')}"
[log]
level = "debug"
[[client]]
name = "nas"
address = "127.0.0.1"
secret = "${secret}"
[[primary]]
name = "here"
type = "local"
`;
    const prepare = async (cli: Cli): Promise<void> => {
      for (const user of ['alice', 'bob', 'carol', 'dave']) await enrol(cli, user);
    };
    nodes.push(await startRadgate({ config, prepare }), await startRadgate({ config }));
    client = await UdpClient.open();
  });
  after(async () => {
    await client.close();
    for (const node of nodes) await node.stop();
    await postgres.remove();
    rmSync(keys, { recursive: true });
  });

  const ask = async (node: 0 | 1, user: string, typed: string, state?: Buffer): Promise<RawPacket> => {
    const [to = expect.fail('it listens nowhere')] = nodes[node]?.listening ?? [];
    const request = accessRequest({ identifier: identifier++, secret, user, password: typed, state });
    return verifySignedReply(await client.exchange(request, to), request, secret);
  };
  const challenged = async (node: 0 | 1, user: string): Promise<Buffer> => {
    const reply = await ask(node, user, password);
    expect(reply.code).to.equal(Code.accessChallenge);
    return valuesOfType(reply, Type.state)[0] ?? expect.fail('no State');
  };
  const codeOf = (user: string): string => totp(oath.get(user) ?? '');

  it('asks on one and takes the answer on the other; neither takes the code again', async () => {
    const state = await challenged(0, 'alice');
    const code = codeOf('alice');
    expect((await ask(1, 'alice', code, state)).code).to.equal(Code.accessAccept);
    for (const node of [0, 1] as const) {
      const again = await challenged(node, 'alice');
      expect((await ask(node, 'alice', code, again)).code).not.to.equal(Code.accessAccept);
    }
  });

  it('repeats a verdict on the other node for the same answer, and not for another', async () => {
    const state = await challenged(0, 'bob');
    const code = codeOf('bob');
    expect((await ask(0, 'bob', code, state)).code).to.equal(Code.accessAccept);
    expect((await ask(1, 'bob', code, state)).code).to.equal(Code.accessAccept);
    const wrong = wrongCode(oath.get('bob') ?? '');
    expect((await ask(1, 'bob', wrong, state)).code).to.equal(Code.accessReject);
  });

  it('counts wrong codes on both together, and unlocks for both', async () => {
    for (let i = 0; i < 10; i++) {
      const node = i % 2 === 0 ? 0 : 1;
      const state = await challenged(node, 'carol');
      await ask(node === 0 ? 1 : 0, 'carol', wrongCode(oath.get('carol') ?? '', i), state);
    }
    for (const node of [0, 1] as const) expect((await ask(node, 'carol', password)).code).to.equal(Code.accessReject);
    await succeed((nodes[0] ?? expect.fail('no node')).cli(['user', 'unlock', 'carol']));
    const state = await challenged(1, 'carol');
    expect((await ask(0, 'carol', codeOf('carol'), state)).code).to.equal(Code.accessAccept);
  });

  it('goes on with a login after the node that asked was killed', async () => {
    const state = await challenged(0, 'dave');
    await nodes[0]?.kill();
    expect((await ask(1, 'dave', codeOf('dave'), state)).code).to.equal(Code.accessAccept);
    const restarted = await nodes[0]?.restart();
    if (restarted) nodes[0] = restarted;
  });

  it('is silent while the database is away, and answers within seconds once it is back', async () => {
    const silent = nodes[1]?.waitForLog(({ verdict }) => verdict === 'silence', 'a login that is not answered', 10_000);
    await postgres.down();
    const [to = expect.fail('it listens nowhere')] = nodes[1]?.listening ?? [];
    await client.send(accessRequest({ identifier: identifier++, secret, user: 'dave', password }), to);
    expect(await silent).to.include({ user: 'dave', reason: 'store-failed' });
    await postgres.up();
    await challenged(1, 'dave');
  });
});
