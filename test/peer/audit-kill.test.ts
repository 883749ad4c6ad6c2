import { randomInt } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { Postgres } from '../support/postgres.ts';
import { freeUdpPort, hostPort } from './free-port.ts';
import { accessRequest, Code, parsePacket, reply } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { clientSecret, upstreamSecret } from './scene.ts';
import { UdpClient, type Peer } from './udp-client.ts';

/** RADGATE_AUDIT_LOGINS=100000 RADGATE_AUDIT_KILLS=50 is the long form, by hand. */
const logins = Number(process.env['RADGATE_AUDIT_LOGINS'] ?? 2_000);
const kills = Number(process.env['RADGATE_AUDIT_KILLS'] ?? 5);
/** Sockets that log in at once, one login after the other each. */
const devices = 32;

const configOf = (port: number, home: UdpClient, store: string): string => `
[listen]
auth = ["127.0.0.1:${port}"]
[store]
${store}
[audit]
node = "radgate-1"
[[client]]
name = "nas"
address = "127.0.0.1"
secret = "${clientSecret}"
factor = "none"
[[primary]]
name = "home"
type = "radius"
server = "${hostPort('127.0.0.1', home.port)}"
secret = "${upstreamSecret}"
`;

const sqliteStore = (dir: string): string => `url = "sqlite:${dir}/radgate.db"`;

describe('the audit when radgate is killed in the midst of logins, on SQLite', function () {
  this.timeout(600_000);
  it(`has the row of every Accept that left: ${logins} logins, ${kills} kills`, () => flood(sqliteStore));
});

peer('postgresql')('the audit when radgate is killed in the midst of logins, on PostgreSQL', function () {
  this.timeout(600_000);
  let server: Postgres;
  before(async () => (server = await Postgres.start()));
  after(() => server?.remove());
  it(`has the row of every Accept that left: ${logins} logins, ${kills} kills`, async () => {
    const { host, port, user, password, database } = server.server(await server.createDatabase());
    await flood(
      (dir) => `url = "postgres://${user}@${host}:${port}/${database}?sslmode=disable"
password = "${password?.toString() ?? ''}"
key_file = "${dir}/radgate.key"
waiting = "memory"`,
    );
  });
});

async function flood(store: (dir: string) => string): Promise<void> {
  const home = await homeThatAccepts();
  const nas: Peer = { address: '127.0.0.1', port: await freeUdpPort('127.0.0.1') };
  let radgate = await startRadgate({ config: (dir) => configOf(nas.port, home.socket, store(dir)) });
  const accepted = new Set<string>();
  const progress = new EventEmitter();
  const anchors: string[] = [];
  try {
    let next = 0;
    const working = Promise.all(
      Array.from({ length: devices }, () =>
        device(
          nas,
          () => (accepted.size < logins ? `user${next++}` : undefined),
          (user) => {
            accepted.add(user);
            progress.emit('accepted');
          },
        ),
      ),
    );
    for (let kill = 1; kill <= kills; kill++) {
      const share = Math.floor(logins / (kills + 1));
      const moment = share * (kill - 1) + randomInt(1, share);
      while (accepted.size < moment) await once(progress, 'accepted');
      await radgate.kill();
      // What is proven now must be proven at the end.
      anchors.push((await succeed(radgate.cli(['audit', 'anchor']))).stdout);
      radgate = await radgate.restart();
    }
    await working;
    await check(radgate, accepted, anchors.join(''));
  } finally {
    await radgate.stop();
    await home.stop();
  }
}

async function check(radgate: Radgate, accepted: ReadonlySet<string>, anchors: string): Promise<void> {
  const { stdout } = await succeed(radgate.cli(['report', 'logins', '--result', 'accept', '--json']));
  const rows = stdout.trimEnd().split('\n');
  const told = new Set(rows.map((line) => (JSON.parse(line) as { readonly user: string }).user));
  expect([...accepted].filter((user) => !told.has(user))).to.deep.equal([]);
  expect(accepted.size).to.be.at.least(logins);
  const file = `${radgate.dir}/anchors`;
  await writeFile(file, anchors);
  const verified = await succeed(radgate.cli(['audit', 'verify', '--anchor', file, '--json']));
  const { right, rows: proven } = JSON.parse(verified.stdout) as { readonly right: boolean; readonly rows: number };
  expect(right).to.equal(true);
  expect(proven).to.be.at.least(logins);
}

/** Logs in as one user after the other; a login that gets no answer is given up. */
async function device(nas: Peer, user: () => string | undefined, onAccept: (user: string) => void): Promise<void> {
  const socket = await UdpClient.open();
  const asked = new Map<number, string>();
  try {
    for (let identifier = 0, name = user(); name !== undefined; identifier = (identifier + 1) % 256, name = user()) {
      asked.set(identifier, name);
      await socket.send(accessRequest({ identifier, secret: clientSecret, user: name, password: 'x' }), nas);
      for (let answered = false; !answered;) {
        const datagram = await socket.next(1_000).catch(() => undefined);
        if (!datagram) break;
        const { code, identifier: of } = parsePacket(datagram.bytes);
        const whose = asked.get(of);
        // One that came late counts too: it left.
        if (code === Code.accessAccept && whose !== undefined) onAccept(whose);
        answered = of === identifier;
      }
    }
  } finally {
    await socket.close();
  }
}

async function homeThatAccepts(): Promise<{ readonly socket: UdpClient; readonly stop: () => Promise<void> }> {
  const socket = await UdpClient.open();
  const stopped = new AbortController();
  const serving = (async () => {
    while (!stopped.signal.aborted) {
      const datagram = await socket.next(500).catch(() => undefined);
      if (!datagram) continue;
      const accept = reply(Code.accessAccept, parsePacket(datagram.bytes), { secret: upstreamSecret });
      await socket.send(accept, datagram.from);
    }
  })();
  return {
    socket,
    stop: async () => {
      stopped.abort();
      await serving;
      await socket.close();
    },
  };
}
