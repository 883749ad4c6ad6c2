// `npm test` runs this before the tests: it installs the programs they talk to, or says which tests will be skipped.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { plan } from './install-plan.ts';
import { inCi, peers } from './peers.ts';
import { forbidServices } from './policy-rc-d.ts';

const say = (line: string): unknown => process.stdout.write(`peers: ${line}\n`);
const missing = () => peers.filter((peer) => !peer.present());

function systemId(): string {
  try {
    return /^ID="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return process.platform;
  }
}

let interrupted: NodeJS.Signals | undefined;

/** Runs apt-get to its end, even when we are told to stop: dpkg must not be left half done. Returns what it said if it failed. */
async function aptGet(...args: readonly string[]): Promise<string | undefined> {
  const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? undefined : output.trimEnd().split('\n').slice(-5).join('\n');
}

async function install(packages: readonly string[]): Promise<string | undefined> {
  const restore = forbidServices();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const note = (signal: NodeJS.Signals): void => {
    interrupted = signal;
  };
  for (const signal of signals) process.on(signal, note);
  process.once('exit', restore);
  try {
    // A stale list of some other archive is no reason to fail: what counts is whether the packages come.
    await aptGet('update');
    return interrupted ? 'interrupted' : await aptGet('install', '-y', '--no-install-recommends', ...packages);
  } finally {
    restore();
    process.off('exit', restore);
    for (const signal of signals) process.off(signal, note);
  }
}

const ci = inCi(process.env);
const planned = plan(missing(), {
  root: process.getuid?.() === 0,
  system: systemId(),
  ci,
  leaveAlone: process.env['RADGATE_PEERS'] === 'skip',
});
planned.lines.forEach(say);
process.exitCode = planned.code;
if (planned.install.length > 0) {
  const failure = await install(planned.install);
  const left = missing();
  if (interrupted !== undefined) {
    process.exitCode = 128 + constants.signals[interrupted];
  } else if (left.length > 0) {
    say(`apt-get failed: ${failure ?? 'the packages do not bring what is needed'}`);
    say(
      `${ci ? 'Missing, and CI may skip nothing' : 'Skipping the tests that need'}: ${left.map((peer) => peer.name).join(', ')}`,
    );
    process.exitCode = ci ? 1 : 0;
  } else {
    say('Installed.');
  }
}
for (const peer of peers) {
  const hindrance = peer.present() ? peer.hindrance?.() : undefined;
  if (hindrance === undefined) continue;
  say(`${ci ? 'CI may not skip' : 'Skipping'} the tests of ${peer.purpose}: ${hindrance}.`);
  if (ci) process.exitCode = 1;
}
