import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'chai';
import { FaultyHome } from './faulty-home.ts';
import { figure, isSoak, latencies, sized } from './figures.ts';
import { FaultNas, inParallel } from './nas.ts';
import { clientSecret, FaultSite, password, upstreamSecret } from './site.ts';

const users = 10;
const rounds = sized(1, 10);
/** A device that waits for 6 s in all, and one that gives up when radgate does. */
const device = { wait: 1_000, sends: 6 };
const brief = { wait: 1_000, sends: 3 };

describe('fault: upstream servers', function () {
  this.timeout(isSoak ? 900_000 : 120_000);
  let site: FaultSite;
  let first: FaultyHome;
  before(async () => {
    first = await FaultyHome.start(upstreamSecret, password);
    site = await FaultSite.open({
      users,
      servers: [first.address],
      client: 'deadline = "5s"',
      more: `
[[client]]
name = "other"
address = "127.0.0.2"
secret = "${clientSecret}"
primary = "here"
factor = "none"
[[primary]]
name = "here"
type = "local"
`,
    });
    await site.start();
  });
  after(async () => {
    await site?.close();
    await first?.close();
  });

  const loginAll = async (what: string): Promise<void> => {
    const ended = await inParallel(users, users, (index) => site.login(index, device));
    figure(`${what}: answers ${latencies(ended.flatMap(({ took }) => took))}`);
    expect(
      ended.map((one) => one.ended),
      what,
    ).to.deep.equal(Array.from({ length: users }, () => 'accept'));
  };

  for (const fault of ['silent', 'garbage', 'forged', 'closed', 'slow'] as const)
    it(`first ${fault}, then well: every login fails over within its device's patience, and the first is used again`, async () => {
      for (let round = 0; round < rounds; round++) {
        await first.become(fault);
        await loginAll(`first server ${fault}`);
        await first.become('well');
        const asked = first.asked;
        const begun = performance.now();
        // Its turn comes again by three answers to probes, 3 s apart.
        while (first.asked === asked) {
          expect(performance.now() - begun, 'milliseconds without a login at the first server').to.be.below(30_000);
          expect((await site.login(0, device)).ended).to.equal('accept');
        }
        const took = performance.now() - begun;
        figure(`asked again ${(took / 1000).toFixed(1)} s after it was well`);
        if (isSoak) expect(took, 'ms until the first server is asked again').to.be.at.most(10_000);
      }
    });

  it('flapping: no login is lost', async () => {
    await first.become('flapping');
    const asked = first.asked;
    for (let round = 0; round < sized(3, 50); round++) await loginAll('first server flapping');
    figure(`asked ${first.asked - asked} times while it flapped`);
    await first.become('well');
  });
});

describe('fault: no upstream at all', function () {
  this.timeout(isSoak ? 900_000 : 120_000);
  let site: FaultSite;
  let first: FaultyHome;
  let hung: ReturnType<typeof createServer>;
  const held = new Set<Socket>();
  before(async () => {
    first = await FaultyHome.start(upstreamSecret, password);
    hung = createServer((socket) => void held.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(hung, 'listening');
    site = await FaultSite.open({
      users,
      client: 'deadline = "3s"',
      more: `
[[client]]
name = "directory"
address = "127.0.0.2"
secret = "${clientSecret}"
primary = "hung"
deadline = "3s"
[[client]]
name = "broken"
address = "127.0.0.3"
secret = "${clientSecret}"
primary = "faulty"
deadline = "3s"
[[primary]]
name = "hung"
type = "ldap"
directory = "openldap"
server = ["ldap://127.0.0.1:${(hung.address() as AddressInfo).port}"]
base_dn = "dc=example"
bind_dn = "cn=radgate,dc=example"
bind_password = "a password of sixteen"
start_tls = false
[[primary]]
name = "faulty"
type = "radius"
server = ["${first.address}"]
secret = "${upstreamSecret}"
`,
    });
    await site.start();
  });
  after(async () => {
    await site?.close();
    await first?.close();
    for (const socket of held) socket.destroy();
    hung.close();
  });

  /** Users at the client with this address meet silence; meanwhile those of another client log in. */
  const expectSilenceFor = async (address: string): Promise<void> => {
    const nas = new FaultNas(clientSecret, () => site.program.address, address);
    const asked = inParallel(users, users, (index) => nas.login(`user${index}`, password, () => '000000', brief));
    const others = await inParallel(sized(20, 500), 5, (index) => site.login(index % users));
    figure(`others meanwhile: ${latencies(others.flatMap(({ took }) => took))}`);
    expect(others.filter(({ ended }) => ended !== 'accept').length, 'others that failed').to.equal(0);
    expect((await asked).map(({ ended }) => ended)).to.deep.equal(Array.from({ length: users }, () => 'silence'));
    await nas.close();
  };

  for (const fault of ['silent', 'garbage', 'forged', 'closed'] as const)
    it(`${fault}: nobody is let in, and another client's users are not held up`, async () => {
      await first.become(fault);
      await expectSilenceFor('127.0.0.3');
      await first.become('well');
    });

  it('a directory that takes connections and says nothing: nobody is let in, others are not held up', async () => {
    await expectSilenceFor('127.0.0.2');
  });
});
