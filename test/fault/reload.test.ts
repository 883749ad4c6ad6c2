import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { askReload } from '../../src/control/ask-reload.ts';
import type { Reloaded } from '../../src/control/reloaded.ts';
import { run } from '../peer/child.ts';
import { Code, type RawPacket } from '../peer/packet-bytes.ts';
import { residentOctets } from '../support/resident-octets.ts';
import { figure, isSoak, sized } from './figures.ts';
import { endOf, FaultNas, inParallel } from './nas.ts';
import { clientSecret, FaultSite, password } from './site.ts';

const users = 20;
const reloads = sized(100, 1_000);
/** Of memory, in octets: what a heap may grow by without a leak. */
const slack = 64 * 1024 * 1024;
const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

describe('fault: reload', function () {
  this.timeout(isSoak ? 900_000 : 120_000);
  let site: FaultSite;
  let good: string;
  /** At the same server, by another secret or from another address. */
  const others: FaultNas[] = [];
  const otherNas = (secret: string, address?: string): FaultNas => {
    const nas = new FaultNas(secret, () => site.program.address, address);
    others.push(nas);
    return nas;
  };
  const write = (config: string): void => writeFileSync(site.configFile(), config);
  /** How often the config was taken. The log tells of each, by another way than the answer came. */
  let taken = 0;
  const isTold = async (): Promise<void> => {
    taken++;
    let seen = 0;
    await site.program.waitForLine((line) => line.includes('config read anew') && ++seen === taken, 'it to be told');
  };
  const reload = async (): Promise<Reloaded> => {
    const answer = await askReload(join(site.place.dir, 'radgate.sock'));
    if (answer.ok) await isTold();
    return answer;
  };
  const command = (): ReturnType<typeof run> =>
    run(process.execPath, [main, 'reload', '-c', site.configFile()], { cwd: site.place.dir });
  const hangUp = async (): Promise<void> => {
    site.program.signal('SIGHUP');
    await isTold();
  };
  /** Whether it stays silent: what is sent after it is answered, and it is not. */
  const isSilent = async (nas: FaultNas, answered: FaultNas): Promise<boolean> => {
    const asked = nas.ask('user0', password, { wait: 2_000, sends: 1 });
    expect(await answered.probe()).to.be.a('number');
    return (await asked) === undefined;
  };

  before(async () => {
    site = await FaultSite.open({ users });
    // It needs 30: what each reload would leave behind soon has no room, and ends it.
    await site.start(0, { node: ['--max-old-space-size=64'] });
    good = readFileSync(site.configFile(), 'utf8');
  });
  afterEach(async () => {
    write(good);
    await reload();
  });
  after(async () => {
    await Promise.all(others.map((nas) => nas.close()));
    await site?.close();
  });

  it('a bad config keeps the old one, and the log and the command say where and why', async () => {
    write(`${good}\nsecrt = "x"\n`);
    const line = good.split('\n').length + 1;
    site.program.signal('SIGHUP');
    const refused = await site.program.waitForLine((text) => text.includes('the old config stays'), 'the refusal');
    const told = JSON.parse(refused) as { file: string; line: number; msg: string };
    expect([told.file, told.line]).to.deep.equal([site.configFile(), line]);
    expect(told.msg).to.contain('unknown key "secrt"');
    const { code, stderr } = await command();
    expect([code, stderr.split('\n')[0]]).to.deep.equal([78, `${site.configFile()}:${line}: ${told.msg.slice(22)}`]);
    expect((await site.login(0)).ended).to.equal('accept');

    // What only the service finds out.
    write(good.replace('[log]', '[deliver]\nlanguage = "xx"\n[log]'));
    const answer = await reload();
    expect([answer.ok, JSON.stringify(answer)]).to.satisfy(
      ([ok, text]: [boolean, string]) => !ok && text.includes('there are no texts in \\"xx\\"'),
    );
    expect((await site.login(1)).ended).to.equal('accept');
  });

  it('the command tells that it is taken, and which keys need a restart', async () => {
    write(good.replace('reject_delay', 'duplicate_window = "7s"\nreject_delay').replace('"127.0.0.1:0"', '"[::1]:0"'));
    const { code, stdout } = await command();
    await isTold();
    expect([code, stdout]).to.deep.equal([
      0,
      `The service has taken ${site.configFile()}.
[listen] auth needs a restart: the old stays until then.
[login] duplicate_window needs a restart: the old stays until then.
`,
    ]);
    expect((await site.login(0)).ended).to.equal('accept');
    const rows = await site.rows("SELECT reason FROM audit WHERE reason LIKE 'service-reload%'");
    expect(rows.map(({ reason }) => reason)).to.include.members([
      `service-reload: ${site.configFile()}`,
      `service-reload: refused, ${site.configFile()}`,
    ]);
  });

  it('a changed secret takes effect for the next packet', async () => {
    const changed = otherNas('another one, as long');
    write(good.replace(`"${clientSecret}"`, '"another one, as long"'));
    await hangUp();
    expect(await isSilent(site.nas, changed)).to.equal(true);
    const answer = await changed.login('user0', password, () => site.codeOf(0));
    expect(answer.ended).to.equal('accept');
  });

  it('a client that was removed meets silence, and one that was added is served', async () => {
    const added = otherNas(clientSecret, '127.0.0.2');
    write(good.replace('address = "127.0.0.1"', 'address = "127.0.0.2"'));
    await hangUp();
    expect(await isSilent(site.nas, added)).to.equal(true);
    expect(endOf(await added.ask('user0', password))).to.equal('challenge');
  });

  it('a challenge from before is answered after', async () => {
    const challenge = (await site.nas.ask('user0', password)) as RawPacket;
    expect(challenge.code).to.equal(Code.accessChallenge);
    write(good.replace('reject_delay', 'prompt = "Code, please: "\nreject_delay'));
    await reload();
    expect(endOf(await site.nas.answer('user0', challenge, site.codeOf(0)))).to.equal('accept');
  });

  it(`${reloads} under load: no login is lost, and nothing is left over`, async () => {
    const { pid } = site.program;
    // Each reload makes the primary anew: the timeout is another.
    const configs = [good, good.replace('type = "radius"', 'type = "radius"\ntimeout = "1900ms"')];
    let done = 0;
    const begun: { files: number; memory: number }[] = [];
    const reloading = async (): Promise<void> => {
      for (; done < reloads; done++) {
        if (done === Math.floor(reloads / 2)) begun.push(measure(pid));
        write(configs[done % 2] ?? good);
        if (done % 2 === 0) expect((await reload()).ok).to.equal(true);
        else await hangUp();
      }
    };
    let logins = 0;
    const isReloading = (): boolean => done < reloads;
    const working = inParallel(users, users, async (user) => {
      for (; isReloading(); logins++) expect((await site.login(user)).ended).to.equal('accept');
    });
    await Promise.all([reloading(), working]);
    // What a reload replaces is let go of once its logins are done: they are.
    write(good);
    await reload();
    expect((await site.login(0)).ended).to.equal('accept');
    const [before, after] = [begun[0], measure(pid)];
    figure(
      `${logins} logins, ${done} reloads; files ${before?.files} to ${after.files}, memory ${mib(before?.memory)} to ${mib(after.memory)}`,
    );
    expect(site.lines(50).filter(({ msg }) => !msg.startsWith('the old config stays'))).to.deep.equal([]);
    expect(logins).to.be.greaterThan(users);
    expect(site.nas.forged).to.equal(0);
    // The sockets of an upstream come and go with its requests.
    expect(after.files - (before?.files ?? 0)).to.be.lessThan(16);
    expect(after.memory - (before?.memory ?? 0)).to.be.lessThan(slack);
  });
});

/** A process's open files, and its resident memory in octets: proc(5). */
function measure(pid: number): { files: number; memory: number } {
  return { files: readdirSync(`/proc/${pid}/fd`).length, memory: residentOctets(pid) };
}

function mib(octets = 0): string {
  return `${Math.round(octets / 1024 / 1024)} MiB`;
}
