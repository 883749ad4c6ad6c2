import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { hostPort } from '../peer/free-port.ts';
import {
  accessRequest,
  attribute,
  Code,
  parsePacket,
  reply,
  statusServer,
  Type,
  verifyReply,
} from '../peer/packet-bytes.ts';
import { startRadgate, type Radgate } from '../peer/radgate.ts';

const secret = 'between the fuzzer and radgate';
const packets = 100_000;
const warmUp = 50_000;
/** Sent between two Status-Servers: few enough for any receive buffer. */
const burst = 100;
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_124);

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function generator(state: number): (below: number) => number {
  let next = state;
  return (below) => {
    next = (next + 0x6d2b79f5) | 0;
    let mixed = Math.imul(next ^ (next >>> 15), 1 | next);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Ways to break a packet; each gives a new one. */
function mutate(packet: Buffer, random: (below: number) => number): Buffer {
  const bytes = Buffer.from(packet);
  const somewhere = random(bytes.length);
  switch (random(7)) {
    case 0:
      bytes[somewhere] = (bytes[somewhere] ?? 0) ^ (1 << random(8));
      return bytes;
    case 1:
      bytes[somewhere] = random(256);
      return bytes;
    case 2:
      return bytes.subarray(0, somewhere);
    case 3:
      bytes.writeUInt16BE(random(65_536), 2);
      return bytes;
    case 4: {
      const longer = Buffer.concat([bytes, Buffer.alloc(1 + random(300), random(256))]);
      longer.writeUInt16BE(longer.length, 2);
      return longer;
    }
    case 5: {
      // One piece of it twice.
      const end = somewhere + random(bytes.length - somewhere);
      const longer = Buffer.concat([bytes, bytes.subarray(somewhere, end)]);
      longer.writeUInt16BE(Math.min(longer.length, 65_535), 2);
      return longer;
    }
    default:
      for (let i = 0; i < 4; i++) bytes[random(bytes.length)] = random(256);
      return bytes;
  }
}

/** Signs whatever it has become, if it still begins with a Message-Authenticator: then what follows is believed and read. */
function sign(bytes: Buffer): Buffer {
  if (bytes.length < 38) return bytes;
  bytes[20] = Type.messageAuthenticator;
  bytes[21] = 18;
  bytes.fill(0, 22, 38);
  const length = Math.min(bytes.length, Math.max(38, bytes.readUInt16BE(2)));
  createHmac('md5', secret).update(bytes.subarray(0, length)).digest().copy(bytes, 22);
  return bytes;
}

async function residentMiB(pid: number): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return (Number(pages) * 4096) / 2 ** 20;
}

describe(`mutated packets, at the built program`, function () {
  this.timeout(120_000);
  const upstream = createSocket('udp4');
  const nas = createSocket('udp4');
  let radgate: Radgate;

  before(async () => {
    upstream.bind(0, '127.0.0.1');
    await once(upstream, 'listening');
    // Nobody's password is right: whatever is believed and read ends in a Reject.
    upstream.on('message', (request, { address, port }) =>
      upstream.send(reply(Code.accessReject, parsePacket(request), { secret }), port, address),
    );
    const home = hostPort('127.0.0.1', upstream.address().port);
    radgate = await startRadgate({
      config: (dir) => `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
durability = "process"
[login]
reject_delay = "0s"
duplicate_window = "5s"
[log]
level = "warn"
[[client]]
name = "fuzzer"
address = "127.0.0.1"
secret = "${secret}"
deadline = "1s"
[[primary]]
name = "home"
type = "radius"
server = "${home}"
secret = "${secret}"
tries = 1
`,
      args: ['--log-level', 'info'],
    });
    nas.bind(0, '127.0.0.1');
    await once(nas, 'listening');
  });

  after(async () => {
    nas.close();
    upstream.close();
    expect(await radgate.stop()).to.equal(0);
  });

  it(`${packets} of them, half re-signed, leave it answering, without an Accept and without growing`, async () => {
    const random = generator(seed);
    const [target] = radgate.listening;
    if (!target) throw new Error('it listens nowhere');
    let accepts = 0;
    let answered: ((bytes: Buffer) => void) | undefined;
    let probe = statusServer({ identifier: 255, secret });
    nas.on('message', (bytes) => {
      if (bytes[1] === 255 && verifies(bytes, probe)) answered?.(bytes);
      else if (bytes[0] === Code.accessAccept) accepts++;
    });
    const send = (bytes: Buffer): void => nas.send(bytes, target.port, target.address);
    /** Everything sent before has been taken from the socket once this is answered. */
    const stillAnswers = async (): Promise<void> => {
      probe = statusServer({ identifier: 255, secret });
      const reached = new Promise<Buffer>((resolve) => (answered = resolve));
      send(probe);
      const lost = setInterval(() => send(probe), 500);
      await reached.finally(() => clearInterval(lost));
    };
    const originals = (): Buffer[] => [
      accessRequest({ identifier: random(255), secret, user: 'alice', password: 'wrong', attributes: [] }),
      accessRequest({
        identifier: random(255),
        secret,
        user: 'alice',
        password: '123456',
        attributes: [
          attribute(Type.state, Buffer.alloc(16, random(256))),
          attribute(Type.proxyState, 'proxy'),
          attribute(Type.vendorSpecific, Buffer.from([0, 0, 1, 55, 16, 4, 1, 2])),
        ],
      }),
      statusServer({ identifier: random(255), secret }),
    ];
    const run = async (count: number): Promise<void> => {
      for (let sent = 0; sent < count; sent += burst) {
        const valid = originals();
        for (let i = 0; i < burst; i++) {
          const mutated = mutate(valid[random(valid.length)] ?? Buffer.alloc(20), random);
          send(i % 2 === 0 ? mutated : sign(mutated));
        }
        await stillAnswers();
      }
    };

    await run(warmUp);
    const before = await residentMiB(radgate.pid);
    const started = performance.now();
    await run(packets);
    const seconds = (performance.now() - started) / 1000;
    const growth = (await residentMiB(radgate.pid)) - before;
    const rejects = radgate.log.filter((entry) => entry['verdict'] === 'reject').length;
    process.stdout.write(
      `      seed ${seed}: ${Math.round(packets / seconds)} packets/s, ${rejects} rejected logins, ` +
        `resident memory ${before.toFixed(0)} MiB, ${growth.toFixed(1)} MiB more after\n`,
    );
    const defects = radgate.log.filter((entry) => Number(entry['level']) >= 50);
    expect(defects.slice(0, 3)).to.deep.equal([]);
    expect(rejects, 'mutants that were read as logins').to.be.greaterThan(1_000);
    expect(growth).to.be.at.most(32);
    // A Status-Server that was mutated and signed again is a right one, and answered with an Accept: no login is.
    expect(radgate.log.filter((entry) => entry['verdict'] === 'accept')).to.deep.equal([]);
    expect(accepts, 'answers to mutated Status-Servers').to.be.greaterThan(0);
  });
});

function verifies(bytes: Buffer, request: Buffer): boolean {
  try {
    return verifyReply(bytes, request, secret).code === Code.accessAccept;
  } catch {
    return false;
  }
}
