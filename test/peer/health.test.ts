import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import Database from 'libsql';
import { hostPort } from './free-port.ts';
import { accessRequest, Code, statusServer, Type, valuesOfType, verifySignedReply } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { privateUrl } from './private-url.ts';
import { startRadgate, type Radgate } from './radgate.ts';
import { clientSecret } from './scene.ts';
import { listenAsManager, type ManagerSocket } from './service-manager.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { UdpClient } from './udp-client.ts';

const configOf = (dir: string, primary: string): string => `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
[metrics]
listen = ["127.0.0.1:0"]
[[client]]
name = "nas"
address = "127.0.0.1"
secret = "${clientSecret}"
primary = "one"
[[primary]]
name = "one"
${primary}
`;
const local = 'type = "local"';

interface Healthz {
  readonly live: boolean;
  readonly ready: boolean;
  readonly why: readonly string[];
  readonly store: { readonly trouble: string | null };
  readonly upstreams: readonly { readonly server: string; readonly up: boolean }[];
}

describe('health, at the built program', function () {
  this.timeout(60_000);
  let radgate: Radgate;
  let client: UdpClient;
  beforeEach(async () => {
    client = await UdpClient.open();
  });
  afterEach(async () => {
    await client.close();
    await radgate?.stop();
  });
  const ask = async (path: string): Promise<[status: number, body: string]> => {
    const answer = await fetch(`${privateUrl(radgate)}${path}`);
    return [answer.status, await answer.text()];
  };
  const healthz = async (): Promise<Healthz> => JSON.parse((await ask('/healthz'))[1]) as Healthz;
  /** The texts with which a Status-Server is answered. */
  const status = async (): Promise<string[]> => {
    const [nas] = radgate.listening;
    if (!nas) throw new Error('it listens nowhere');
    const query = statusServer({ identifier: 1, secret: clientSecret });
    const reply = verifySignedReply(await client.exchange(query, nas), query, clientSecret);
    expect(reply.code).to.equal(Code.accessAccept);
    return valuesOfType(reply, Type.replyMessage).map(String);
  };

  it('is live and ready when all is well', async () => {
    radgate = await startRadgate({ config: (dir) => configOf(dir, local) });
    expect(await ask('/livez')).to.deep.equal([200, 'ok\n']);
    expect(await ask('/readyz')).to.deep.equal([200, 'ok\n']);
    expect(await healthz()).to.deep.include({ live: true, ready: true, why: [] });
    expect(await status()).to.deep.equal([]);
  });

  it('is live and not ready while the store is locked, and Status-Server is answered and says so', async () => {
    radgate = await startRadgate({ config: (dir) => configOf(dir, local) });
    const other = new Database(join(radgate.dir, 'radgate.db'));
    other.exec('BEGIN IMMEDIATE');
    expect(await ask('/readyz')).to.deep.equal([503, 'the store has not committed within 2 s\n']);
    expect(await ask('/livez')).to.deep.equal([200, 'ok\n']);
    // SQLite waits 5 s for the lock, then the probe has failed.
    let told: string[] = [];
    for (let i = 0; told.length === 0 && i < 200; i++) {
      told = await status();
      if (told.length === 0) await ask('/readyz');
    }
    expect(told).to.deep.equal(['not ready: the store cannot commit']);
    expect((await healthz()).store.trouble).to.include('locked');
    other.exec('ROLLBACK');
    other.close();
    // It asks the store by itself until it can.
    for (let i = 0; told.length > 0 && i < 5_000; i++) told = await status();
    expect(told).to.deep.equal([]);
    expect(await ask('/readyz')).to.deep.equal([200, 'ok\n']);
  });

  it('is not ready without its file, and ready once it is back', async () => {
    radgate = await startRadgate({ config: (dir) => configOf(dir, local) });
    const file = join(radgate.dir, 'radgate.db');
    renameSync(file, `${file}.gone`);
    expect(await ask('/readyz')).to.deep.equal([503, 'the store cannot commit\n']);
    expect(await status()).to.deep.equal(['not ready: the store cannot commit']);
    renameSync(`${file}.gone`, file);
    let [ready] = await ask('/readyz');
    for (let i = 0; ready !== 200 && i < 5_000; i++) [ready] = await ask('/readyz');
    expect(ready).to.equal(200);
  });

  it('is not ready once no server of any primary answers', async () => {
    const upstream = await UdpClient.open();
    const server = hostPort('127.0.0.1', upstream.port);
    await upstream.close();
    const primary = `type = "radius"
server = ["${server}"]
secret = "between radgate and the home server"
probe = "none"
probe_interval = "60s"
tries = 1`;
    radgate = await startRadgate({ config: (dir) => configOf(dir, primary) });
    expect(await ask('/readyz')).to.deep.equal([200, 'ok\n']);
    const [nas] = radgate.listening;
    if (!nas) throw new Error('it listens nowhere');
    for (let identifier = 1; identifier <= 3; identifier++)
      await client.send(accessRequest({ identifier, secret: clientSecret, user: 'alice', password: 'wrong' }), nas);
    await radgate.waitForLog(({ standing }) => standing === 'dead', 'the end of its only server');
    expect(await ask('/readyz')).to.deep.equal([503, 'no server of any primary answers\n']);
    expect(await ask('/livez')).to.deep.equal([200, 'ok\n']);
    expect(await healthz()).to.deep.include({ live: true, ready: false });
    expect((await healthz()).upstreams).to.deep.equal([{ primary: 'one', server, up: false, outstanding: 0 }]);
    expect(await status()).to.deep.equal(['not ready: no server of any primary answers']);
  });

  it('takes no order, and does not show what else there is', async () => {
    radgate = await startRadgate({ config: (dir) => configOf(dir, local) });
    expect((await fetch(`${privateUrl(radgate)}/livez`, { method: 'POST' })).status).to.equal(405);
    expect((await ask('/a/anything'))[0]).to.equal(404);
  });
});

peer('systemd-notify')('the service manager, told by the real systemd-notify', function () {
  this.timeout(60_000);
  let dir: string;
  let manager: ManagerSocket;
  let radgate: Radgate;
  before(async () => {
    dir = await makeTempDir('notify');
    manager = await listenAsManager(dir);
  });
  after(async () => {
    await manager?.stop();
    await removeTempDir(dir);
  });

  it('hears of start, life, reloads good and bad, and the end, in order', async () => {
    const { told } = manager;
    radgate = await startRadgate({
      config: (at) => configOf(at, local),
      env: { NOTIFY_SOCKET: manager.path, WATCHDOG_USEC: '400000' },
    });
    await told.waitFor((lines) => lines.includes('READY=1') && lines.includes('STATUS=ready'), 'READY');
    await told.waitFor((lines) => lines.includes('WATCHDOG=1'), 'WATCHDOG');
    const before = told.entries.length;
    process.kill(radgate.pid, 'SIGHUP');
    await told.waitFor((lines) => lines.includes('RELOADING=1'), 'RELOADING');
    const count = (word: string): number => told.entries.slice(before).filter((lines) => lines.includes(word)).length;
    await told.waitFor(() => count('READY=1') === 1, 'READY after the reload');
    expect(told.entries.find((lines) => lines.includes('RELOADING=1'))?.[1]).to.match(/^MONOTONIC_USEC=\d+$/);
    expect(await radgate.stop()).to.equal(0);
    await told.waitFor((lines) => lines.includes('STOPPING=1'), 'STOPPING');
    expect(radgate.stderr).to.deep.equal([]);
  });

  it('is told nothing where nobody asks, and its lack is a line of the log, not an end', async () => {
    radgate = await startRadgate({
      config: (at) => configOf(at, local),
      env: { NOTIFY_SOCKET: join(dir, 'nobody') },
    });
    await radgate.waitForLog(({ msg }) => msg === 'systemd could not be told how the service is', 'the warning');
    expect(await radgate.stop()).to.equal(0);
  });
});
