import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { assertPortsCanBeShared } from '../../src/transport/shared-ports.ts';
import { startFollower } from '../peer/follower.ts';
import { freeTcpPort, freeUdpPort } from '../peer/free-port.ts';
import { figure, isSoak, sized } from './figures.ts';
import { FaultNas, inParallel } from './nas.ts';
import { clientSecret, FaultSite, password } from './site.ts';

const users = 20;
const devices = 16;

/** The workers that a process has started; for a moment it also has a child that asks the system about its clock. */
function workersOf(pid: number): number[] {
  const told = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return told === '' ? [] : told.split(' ').map(Number).filter(isWorker);
}

function isWorker(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes('RADGATE_WORKER=');
  } catch {
    return false;
  }
}

/** One that has ended may wait for its parent to ask for its exit code: a zombie, `Z` in proc(5). */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('fault: two workers on one port', function () {
  this.timeout(isSoak ? 900_000 : 60_000);
  let site: FaultSite;
  const nases: FaultNas[] = [];
  before(async () => {
    const port = await freeUdpPort('127.0.0.1');
    const listen = `auth = ["127.0.0.1:${port}"]\nworkers = 2`;
    // Where both served them, one of the two could not start.
    const pages = await freeTcpPort('127.0.0.1');
    const more = `[web]\nlisten = "127.0.0.1:${pages}"\nurl = "http://localhost:${pages}"`;
    site = await FaultSite.open({ users, listen, more });
  });
  after(async () => {
    await Promise.all(nases.map((nas) => nas.close()));
    await site?.close();
  });

  if (!canShare()) {
    it('are refused by this Node.js, with the version that can', async () => {
      const refused = await site.start().catch(String);
      expect(refused).to.contain(`which Node.js ${process.versions.node} on ${process.platform} can't do`);
      expect(refused).to.contain('Node.js 22.12 or later');
    });
    return;
  }

  /** Each has a port of its own, and so the kernel spreads them. */
  const login = (device: number, user: number): ReturnType<FaultNas['login']> => {
    const nas = nases[device % nases.length] as FaultNas;
    return nas.login(`user${user}`, password, () => site.codeOf(user), { wait: 1_000, sends: 10 });
  };

  /** Each user logs in so often, one login after the other. @returns what did not end well */
  const logins = async (rounds: number): Promise<string[]> => {
    const all = await inParallel(users, users, async (user) => {
      const ended: string[] = [];
      for (let round = 0; round < rounds; round++) ended.push((await login(user + round, user)).ended);
      return ended;
    });
    return all.flat().filter((one) => one !== 'accept');
  };

  it('share the logins, whichever is asked first and answered then', async () => {
    const { program } = await site.start();
    await program.waitForLine((line) => line.includes('"worker":1'), 'the first process to be ready');
    for (let i = 0; i < devices; i++) nases.push(new FaultNas(clientSecret, () => program.address));
    expect(await logins(sized(5, 250))).to.deep.equal([]);
    // The question by one device, the answer by another: most likely to another process.
    for (let user = 0; user < users; user++) {
      const challenge = await (nases[user % devices] as FaultNas).ask(`user${user}`, password);
      if (!challenge) throw new Error('there was no challenge');
      const reply = await (nases[(user + 1) % devices] as FaultNas).answer(`user${user}`, challenge, site.codeOf(user));
      expect(reply?.code).to.equal(2);
    }
    const served = await site.rows("SELECT count(*) AS count FROM audit WHERE reason = 'accepted'");
    figure(`${String(served[0]?.['count'])} logins by 2 processes`);
  });

  it('are followed as one by radgate trace', async () => {
    const follower = await startFollower(site.place.dir, ['--json'], site.configFile());
    expect(await logins(2)).to.deep.equal([]);
    const isAccept = (line: string): boolean => line.includes('"reason":"accepted"');
    await follower.waitForCount(isAccept, 2 * users);
    expect(await follower.stop()).to.equal(0);
  });

  it('one that is killed is started anew, and logins go on meanwhile', async () => {
    const [worker = 0] = workersOf(site.program.pid);
    expect(worker).to.be.above(0);
    process.kill(worker, 'SIGKILL');
    await site.program.waitForLine((line) => line.includes('a worker has ended'), 'the end to be told');
    expect(await logins(sized(2, 20))).to.deep.equal([]);
    let ready = 0;
    const isAnew = (line: string): boolean => line.includes('"worker":2,"msg":"ready"') && ++ready === 2;
    await site.program.waitForLine(isAnew, 'the worker to serve again');
    expect(workersOf(site.program.pid)).to.have.length(1);
  });

  it('take a new config together, and stop together', async () => {
    let reread = 0;
    const both = site.program.waitForLine((line) => line.includes('config read anew') && ++reread === 2, 'both');
    site.program.signal('SIGHUP');
    await both;
    const children = workersOf(site.program.pid);
    expect(children).to.have.length(1);
    expect(await site.program.stop(), 'exit code').to.equal(0);
    for (const child of children) expect(isRunning(child)).to.equal(false);
  });

  it('end with the first, however it ends', async () => {
    const { program } = await site.start();
    await program.waitForLine((line) => line.includes('"worker":1'), 'the first process to be ready');
    const [worker = 0] = workersOf(program.pid);
    // Settles once nobody holds its output any more.
    await program.kill();
    expect(isRunning(worker)).to.equal(false);
  });
});

function canShare(): boolean {
  try {
    assertPortsCanBeShared(process.versions.node, process.platform);
    return true;
  } catch {
    return false;
  }
}
