import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import type { Logger } from '../../../src/observe/logger.ts';
import { ServiceManager } from '../../../src/observe/service-manager.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A stand-in for systemd-notify that writes down what it is to tell: the real one is in the tests of peers. */
const standIn = (file: string, code = 0): string =>
  `#!/bin/sh\nprintf '%s\\t' "$@" >> ${file}\necho >> ${file}\nexit ${code}\n`;

describe('ServiceManager', () => {
  let dir: string;
  let file: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'radgate-manager-'));
    file = join(dir, 'told');
    writeFileSync(file, '');
    install(0);
    env = { NOTIFY_SOCKET: '/run/nobody', PATH: `${dir}:/bin:/usr/bin` };
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const install = (code: number): void => {
    writeFileSync(join(dir, 'systemd-notify'), standIn(file, code));
    chmodSync(join(dir, 'systemd-notify'), 0o755);
  };
  const told = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\t\n');
  /** A logger, and the next line that it is told. */
  const listening = (): { readonly logger: Logger; readonly line: Promise<Record<string, unknown>> } => {
    let heard: (line: Record<string, unknown>) => void = () => undefined;
    const line = new Promise<Record<string, unknown>>((resolve) => (heard = resolve));
    const write = (text: string): void => heard(JSON.parse(text) as Record<string, unknown>);
    return { logger: pino({ base: null }, { write }), line };
  };
  const well = (): undefined => undefined;

  it('tells all in order, and why it is not ready in one line', async () => {
    const manager = new ServiceManager(env, new FakeClock(undefined, 5_000), listening().logger);
    manager.ready(well, () => ['the store\ncannot commit', 'and more']);
    manager.reloading();
    manager.ready(well, () => []);
    await manager.stopping();
    expect(told().map((line) => line.replace(/\t$/, ''))).to.deep.equal([
      'READY=1\tSTATUS=not ready: the store cannot commit; and more',
      'RELOADING=1\tMONOTONIC_USEC=5000000',
      'READY=1\tSTATUS=ready',
      'STOPPING=1\tSTATUS=stopping',
    ]);
  });

  it('tells nothing of its life once it is dead: the log says why', async () => {
    const { logger, line } = listening();
    const manager = new ServiceManager({ ...env, WATCHDOG_USEC: '20000' }, new FakeClock(), logger);
    manager.ready(
      () => 'the store has answered nothing for 60 s',
      () => [],
    );
    expect(await line).to.deep.include({
      why: 'the store has answered nothing for 60 s',
      msg: 'systemd is not told that the service is alive',
    });
    await manager.stopping();
    expect(told().some((words) => words.includes('WATCHDOG=1'))).to.equal(false);
  });

  it("leaves another process's watchdog alone", async () => {
    const other = { ...env, WATCHDOG_USEC: '2000', WATCHDOG_PID: String(process.pid + 1) };
    const { logger } = listening();
    const manager = new ServiceManager(other, new FakeClock(), logger);
    let isAsked = false;
    manager.ready(
      () => {
        isAsked = true;
        return undefined;
      },
      () => [],
    );
    // To tell it takes programs that run far longer than a watchdog of 1 ms waits.
    manager.reloading();
    await manager.stopping();
    expect(isAsked).to.equal(false);
  });

  it('goes on where it cannot tell, and says so', async () => {
    install(3);
    const { logger, line } = listening();
    const manager = new ServiceManager(env, new FakeClock(), logger);
    manager.ready(well, () => []);
    expect(await line).to.deep.include({ why: 'systemd-notify ended with 3' });
    await manager.stopping();
    rmSync(join(dir, 'systemd-notify'));
    const without = listening();
    const missing = new ServiceManager({ ...env, PATH: dir }, new FakeClock(), without.logger);
    missing.ready(well, () => []);
    expect(String((await without.line)['why'])).to.include('ENOENT');
    await missing.stopping();
  });

  it('goes on where the system refuses the program at once', async () => {
    const { logger, line } = listening();
    const manager = new ServiceManager(env, new FakeClock(), logger);
    // Longer than any system lets the words of a program be: it is thrown, as a want of memory is.
    manager.ready(well, () => ['x'.repeat(8_000_000)]);
    expect(String((await line)['why'])).to.include('E2BIG');
    manager.ready(well, () => []);
    await manager.stopping();
    expect(told().map((words) => words.replace(/\t$/, ''))).to.deep.equal([
      'READY=1\tSTATUS=ready',
      'STOPPING=1\tSTATUS=stopping',
    ]);
  });

  it('tells nobody without NOTIFY_SOCKET', async () => {
    const manager = new ServiceManager(
      { PATH: env['PATH'], WATCHDOG_USEC: '1000' },
      new FakeClock(),
      listening().logger,
    );
    manager.ready(well, () => []);
    await manager.stopping();
    expect(told()).to.deep.equal(['']);
  });
});
