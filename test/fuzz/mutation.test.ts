import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { hotp } from '../../src/factor/oath.ts';
import { HomeServer } from '../support/home-server.ts';
import { residentOctets } from '../support/resident-octets.ts';
import { ScratchStore } from '../support/scratch-store.ts';
import { ServedProgram } from '../support/served-program.ts';
import {
  accessRequest,
  attribute,
  Code,
  hidePassword,
  statusServer,
  Type,
  valuesOfType,
  vendorAttribute,
  verifySignedReply,
  type RawPacket,
} from '../peer/packet-bytes.ts';
import { UdpClient } from '../peer/udp-client.ts';
import { isSoak, latencies, quantile, sized } from '../fault/figures.ts';
import { mutated, type Draft } from './mutate.ts';
import { SeededRandom } from './seeded-random.ts';

const packets = Number(process.env['FUZZ_PACKETS'] ?? sized(100_000, 1_000_000));
const seed = Number(process.env['FUZZ_SEED'] ?? 20_240_709);
const mebibyte = 1024 * 1024;
const allowedGrowth = 32 * mebibyte;
/** So many go out before a Status-Server proves that they were read. */
const burst = 100;

const secret = 'between the NAS and radgate';
const upstreamSecret = 'between radgate and upstream';
const key = Buffer.from('12345678901234567890');
const authenticator = Buffer.alloc(16, 0x33);
const hidden = (password: string) => attribute(2, hidePassword(password, authenticator, secret));

const about = [
  attribute(4, Buffer.of(192, 0, 2, 10)),
  attribute(5, Buffer.of(0, 0, 0, 1)),
  attribute(6, Buffer.of(0, 0, 0, 1)),
  attribute(31, '198.51.100.7'),
  attribute(32, 'vpn.example'),
  vendorAttribute(9, 1, 'ip:source-ip=198.51.100.7'),
  attribute(33, 'a proxy was here'),
];
const draft = (code: number, ...attributes: Draft['attributes']): Draft => ({
  code,
  identifier: 0,
  authenticator,
  attributes,
});
const pap = draft(1, attribute(1, 'alice'), hidden('wrong'), ...about);
const answer = draft(1, attribute(1, 'alice'), hidden('123456'), attribute(24, Buffer.alloc(16, 9)), ...about);
const status = draft(12, attribute(32, 'vpn.example'));
// Seldom one whose password is right: each of those waits for its code for 300 s, as it must.
const drafts = [
  ...Array.from({ length: 10 }, () => [pap, answer, status]).flat(),
  draft(1, attribute(1, 'alice'), hidden('right'), ...about),
];

describe(`fuzz: ${packets} mutated packets, half of them re-signed`, function () {
  this.timeout(isSoak ? 3_600_000 : 600_000);
  let scratch: ScratchStore;
  let upstream: HomeServer;
  let program: ServedProgram;
  let client: UdpClient;
  const sockets: Socket[] = [];
  let replies = 0;

  before(async function () {
    if (process.platform !== 'linux') {
      process.stdout.write('    skipped: memory is measured by /proc\n');
      this.skip();
    }
    scratch = await ScratchStore.open();
    await scratch.addToken({ userId: await scratch.addUser({ names: ['alice'] }), key });
    await scratch.store.close();
    upstream = await HomeServer.start(upstreamSecret, (_, password) => ({
      code: password.toString() === 'right' ? Code.accessAccept : Code.accessReject,
    }));
    program = await ServedProgram.start(
      scratch.dir,
      `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${scratch.file}"
key_file = "${scratch.keyFile}"
durability = "process"
[login]
reject_delay = "0s"
[log]
level = "debug"
format = "json"
[[client]]
name = "vpn"
address = "127.0.0.1"
secret = "${secret}"
proxy = true
[[primary]]
name = "upstream"
type = "radius"
server = ["${upstream.address}"]
secret = "${upstreamSecret}"
`,
      // A small heap: what is only collected late would look like a leak.
      { node: ['--max-semi-space-size=1', '--max-old-space-size=64'] },
    );
    client = await UdpClient.open();
    for (let i = 0; i < 8; i++) {
      const socket = createSocket('udp4');
      socket.on('message', () => replies++);
      // Every fourth is nobody's address.
      socket.bind(0, i % 4 === 3 ? '127.0.0.99' : '127.0.0.1');
      await once(socket, 'listening');
      sockets.push(socket);
    }
  });

  after(async () => {
    for (const socket of sockets) socket.close();
    await client?.close();
    await upstream?.close();
    await scratch?.remove();
  });

  const ask = async (request: Buffer): Promise<RawPacket> =>
    verifySignedReply(await client.exchange(request, program.address), request, secret);
  const send = (socket: Socket, datagram: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const { address, port } = program.address;
      socket.send(datagram, port, address, (error) => (error ? reject(error) : resolve()));
    });

  it('leave Status-Server answered, memory within bounds, no defect in the log, and logins working', async () => {
    const random = new SeededRandom(seed);
    const warm = Math.floor(packets / 5);
    let before = 0;
    const probes: number[] = [];
    const started = Date.now();
    for (let sent = 0; sent < packets; sent += burst) {
      const datagrams = Array.from({ length: burst }, (_, i) =>
        mutated(random.pick(drafts), random, secret, i % 2 === 0),
      );
      await Promise.all(datagrams.map((datagram) => send(random.pick(sockets), datagram)));
      const asked = performance.now();
      const reply = await ask(statusServer({ identifier: (sent / burst) % 256, secret }));
      probes.push(performance.now() - asked);
      expect(reply.code).to.equal(Code.accessAccept);
      if (sent <= warm) before = residentOctets(program.pid);
    }
    const growth = residentOctets(program.pid) - before;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      `      seed ${seed}, ${packets} packets in ${seconds} s, ${replies} replies, ${upstream.asked} asked upstream, ` +
        `${program.output.length} log lines; memory ${(before / mebibyte).toFixed(1)} MiB after ${warm} packets, ` +
        `${growth < 0 ? '' : '+'}${(growth / mebibyte).toFixed(1)} MiB at the end; Status-Server, each behind ${burst} packets: ${latencies(probes)}\n`,
    );
    expect(upstream.asked, 'many were judged').to.be.above(packets / 100);
    expect(replies, 'many were answered').to.be.above(packets / 100);

    const [state] = valuesOfType(
      await ask(accessRequest({ identifier: 1, secret, user: 'alice', password: 'right' })),
      Type.state,
    );
    const code = hotp({ key, algorithm: 'sha1', digits: 6 }, Math.floor(Date.now() / 30_000));
    const accept = await ask(accessRequest({ identifier: 2, secret, user: 'alice', password: code, state }));
    expect(accept.code, 'a login afterwards').to.equal(Code.accessAccept);

    expect(await program.stop(), 'exit code').to.equal(0);
    expect(program.errors).to.deep.equal([]);
    const lines = program.output.map((line) => JSON.parse(line) as { level: number });
    expect(lines.filter(({ level }) => level >= 50)).to.deep.equal([]);
    expect(growth).to.be.at.most(allowedGrowth);
    if (isSoak) expect(quantile(probes, 1), 'ms that a Status-Server waited').to.be.at.most(100);
    await scratch.reopen();
    const accepted = await scratch.query("SELECT user_name FROM audit WHERE result = 'accept'");
    expect(accepted, 'only the login at the end was let in').to.deep.equal([{ user_name: 'alice' }]);
  });
});
