import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { run, startChild } from '../peer/child.ts';
import { peer } from '../peer/peer.ts';
import { succeed } from '../peer/radgate.ts';
import { openStoreIn, addUser } from '../support/scratch-store.ts';
import { ServedProgram } from '../support/served-program.ts';
import { hashPassword } from '../../src/primary/password-hash.ts';
import { clientSecret, password } from './site.ts';

/** Where radgate is, and where its device: two network namespaces with a wire between them. */
const here = '10.77.0.1';
const there = '10.77.0.2';

peer('radclient', 'ip')('fault: the network under radgate', function () {
  this.timeout(90_000);
  let dir: string;
  let device: ChildProcessWithoutNullStreams;
  let program: ServedProgram;

  const within = (pid: number | undefined, ...command: readonly string[]): ReturnType<typeof run> =>
    run('nsenter', [`--net=/proc/${pid}/ns/net`, ...command], {
      input: `User-Name = alice\nUser-Password = "${password}"\nMessage-Authenticator = 0x00\n`,
    });
  const ip = async (...args: readonly string[]): Promise<void> =>
    void (await succeed(within(program.pid, 'ip', ...args)));
  /** A login by radclient at the other end of the wire. @returns its exit code */
  const login = async (retries: number): Promise<number | null> =>
    (await within(device.pid, 'radclient', '-r', String(retries), '-t', '1', `${here}:1812`, 'auth', clientSecret))
      .code;
  /** Settles once it has told so often that it listens at its end of the wire: a wire has its address once both ends are up. */
  const listens = (times: number): Promise<string> => {
    let told = 0;
    const isTold = (line: string): boolean => line.includes('listening on a new address') && line.includes(here);
    return program.waitForLine((line) => isTold(line) && ++told === times, `it to listen for the ${times}. time`);
  };
  const wire = async (): Promise<void> => {
    await succeed(within(device.pid, 'ip', 'addr', 'add', `${there}/24`, 'dev', 'v1'));
    await succeed(within(device.pid, 'ip', 'link', 'set', 'v1', 'up'));
  };
  const made = (pid: number | string): string =>
    `ip link add v0 type veth peer name v1 netns ${pid} && ip addr add ${here}/24 dev v0 && ip link set v0 up`;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'radgate-network-'));
    const store = await openStoreIn(dir);
    await addUser(store, {
      names: ['alice'],
      password: await hashPassword(Buffer.from(password), Buffer.alloc(16, 7)),
    });
    await store.close();
    device = startChild('unshare', ['-n', 'sleep', '600']);
    // Its namespace is there once it is no longer ours.
    const own = (await run('readlink', ['/proc/self/ns/net'])).stdout;
    while ((await run('readlink', [`/proc/${device.pid}/ns/net`])).stdout === own);
    mkdirSync(join(dir, 'conf'));
    program = await ServedProgram.start(
      join(dir, 'conf'),
      `
[listen]
auth = ["0.0.0.0:1812"]
[store]
url = "sqlite:${dir}/radgate.db"
key_file = "${dir}/radgate.key"
[log]
format = "json"
[[client]]
name = "vpn"
address = "${there}"
secret = "${clientSecret}"
factor = "none"
[[primary]]
name = "here"
type = "local"
`,
      { under: ['unshare', '-n', 'sh', '-c', `ip link set lo up && ${made('"$0"')} && exec "$@"`, String(device.pid)] },
    );
    await wire();
    await listens(1);
  });
  after(async () => {
    await program?.kill();
    device?.kill('SIGKILL');
    if (dir) rmSync(dir, { recursive: true, force: true });
  });

  it('replies that the kernel refuses to send end nothing, and the next ones are sent', async () => {
    expect(await login(3), 'before').to.equal(0);
    await ip('route', 'add', 'prohibit', `${there}/32`);
    expect(await login(2), 'while every reply fails').to.equal(1);
    await program.waitForLine((line) => line.includes('could not send a reply'), 'the log to tell');
    await ip('route', 'del', 'prohibit', `${there}/32`);
    expect(await login(3), 'afterwards').to.equal(0);
  });

  it('an interface that vanishes takes its socket with it, and is served again once it is back', async () => {
    const gone = program.waitForLine((line) => line.includes('no longer has an address'), 'the address to be gone');
    await ip('link', 'del', 'v0');
    await gone;
    await succeed(within(program.pid, 'sh', '-c', made(device.pid ?? 0)));
    await wire();
    await listens(2);
    expect(await login(5)).to.equal(0);
    expect(await program.stop(), 'exit code').to.equal(0);
  });
});
