import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { changeKey, finishKey, prepareKey, type KeyStep } from '../../../src/cli/store/change-key.ts';
import { hotp } from '../../../src/factor/oath.ts';
import { countOtherKeys } from '../../../src/store/rekey.ts';
import { sealKey } from '../../../src/store/seal.ts';
import type { Store } from '../../../src/store/store.ts';
import { startChild } from '../../peer/child.ts';
import { addUser, giveToken, openStoreIn } from '../../support/scratch-store.ts';
import { ServedProgram } from '../../support/served-program.ts';
import { query } from '../../support/test-transactions.ts';
import { localConfig, program, Workplace } from './command.ts';

const password = 'a long password';
const key = Buffer.from('12345678901234567890');

describe('radgate store rekey', function () {
  this.timeout(300_000);
  let work: Workplace;
  let keyFile: string;
  let old: string;
  let counter: number;
  let served: ServedProgram | undefined;

  /** More tokens than one batch has. */
  const others = 1_200;

  beforeEach(async () => {
    work = new Workplace();
    work.write('radius.conf', localConfig);
    keyFile = join(work.dir, 'radgate.key');
    counter = 0;
    await work.does(['user', 'add', 'alice', '--password-stdin'], `${password}\n`);
    await work.does(['token', 'add', 'alice', '--type', 'hotp', '--secret-stdin'], 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    old = keys()[0] ?? '';
  });
  afterEach(async () => {
    await served?.stop();
    served = undefined;
    work.remove();
  });

  const keys = (): string[] => readFileSync(keyFile, 'utf8').trim().split('\n');
  const open = (): Promise<Store> => openStoreIn(work.dir);
  const start = async (): Promise<ServedProgram> => (served = await ServedProgram.start(work.dir, localConfig));
  const restart = async (): Promise<void> => {
    await served?.stop();
    await start();
  };
  const addMany = (): Promise<void> =>
    work.inStore(async (store) => {
      const userId = await addUser(store, { names: ['bob'] });
      await Promise.all(
        Array.from({ length: others }, (_, i) => giveToken(store, { userId, key: Buffer.alloc(20, i) })),
      );
    });
  /** Alice logs in at the running service, with her next code. */
  const expectLogin = async (when: string): Promise<void> => {
    const code = hotp({ key, algorithm: 'sha1', digits: 6 }, counter++);
    const { address, port } = served?.address ?? expect.fail('nothing is served');
    const login = await work.radgate(['login', 'alice', '--server', `${address}:${port}`], `${password}\n${code}\n`);
    expect([login.code, login.stdout.trim()], `${when}: ${login.stderr}`).to.deep.equal([0, 'Access-Accept']);
  };
  const keyIds = (): Promise<string[]> =>
    work.inStore(async (store) => {
      const rows = await store.run(query, { sql: 'SELECT DISTINCT substr(secret, 2, 8) AS id FROM tokens' });
      return rows.map(({ id }) => (id as Buffer).toString('hex'));
    });
  const idOf = (line: string): string => sealKey(Buffer.from(line, 'hex')).id.toString('hex');
  /** Ends a change of keys after so many steps, as if it had been killed there. @returns the last one */
  const stopAfter = async (steps: number): Promise<KeyStep | undefined> => {
    let last: KeyStep | undefined;
    for await (const step of changeKey({ keyFile, open }, true)) {
      last = step;
      if (--steps === 0) break;
    }
    return steps > 0 ? undefined : last;
  };
  const refused = async (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => String(error),
    );

  it('changes the key while the service lets users in, and drops the old one after its restart', async () => {
    await start();
    await expectLogin('before');
    expect(await work.does(['store', 'rekey'])).to.contain('Now restart radgate');
    const [fresh, second, ...more] = keys();
    expect([second, more]).to.deep.equal([old, []]);
    expect(await keyIds()).to.deep.equal([idOf(fresh ?? '')]);
    await expectLogin('after, with the service that was started before');
    await restart();
    await expectLogin('after its restart');
    expect(await work.does(['store', 'rekey', '--finish'])).to.contain('Dropped the old key');
    expect(keys()).to.deep.equal([fresh]);
    expect(statSync(keyFile).mode & 0o777).to.equal(0o600);
    await expectLogin('with the old key gone');
    await restart();
    await expectLogin('with the old key gone, after a restart');
    expect(readdirSync(work.dir).filter((name) => name.startsWith('radgate.key'))).to.deep.equal(['radgate.key']);
    const sql = "SELECT reason FROM audit WHERE client = 'radgate store rekey' ORDER BY id";
    const rows = await work.inStore((store) => store.run(query, { sql }));
    expect(rows.map(({ reason }) => reason)).to.deep.equal(['store-rekey: begun', 'store-rekey: finished']);
  });

  it('stopped after any step it leaves a store that works, and goes on when it is run again', async () => {
    await addMany();
    await start();
    const seen: string[] = [];
    for (let steps = 1; ; steps++) {
      const before = keys()[0] ?? '';
      const last = await stopAfter(steps);
      if (!last) break;
      seen.push(last.kind === 'resealing' ? `resealing ${last.done}` : last.kind);
      const when = `stopped after step ${steps}, ${last.kind}`;
      await expectLogin(when);
      await work.does(['token', 'add', 'bob', '--type', 'hotp', '--name', `new ${steps}`]).catch(() => undefined);
      expect(await work.does(['token', 'list', '--json']), when).to.contain('"user": "alice"');
      await restart();
      await expectLogin(`${when}, after a restart`);
      // From here it is finished by the command, whatever was done before.
      expect(await work.does(['store', 'rekey']), when).to.contain('Now restart radgate');
      const [fresh, second, ...more] = keys();
      expect([second, more, fresh !== before], when).to.deep.equal([before, [], true]);
      expect(await keyIds(), when).to.deep.equal([idOf(fresh ?? '')]);
      await restart();
      await work.does(['store', 'rekey', '--finish']);
      expect(keys(), when).to.deep.equal([fresh]);
      await expectLogin(`${when}, finished`);
    }
    expect(seen).to.deep.equal(['prepared', 'writing', 'resealing 0', 'resealing 500', 'resealing 1000', 'resealed']);
  });

  it('killed in the middle it goes on when it is run again', async () => {
    await addMany();
    await start();
    const child = startChild(process.execPath, [program, 'store', 'rekey'], { cwd: work.dir });
    const closed = once(child, 'close');
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('written with the new key')) child.kill('SIGKILL');
    });
    expect(await closed).to.deep.equal([null, 'SIGKILL']);
    expect(keys()[0], 'not done').to.equal(old);
    await expectLogin('killed');
    await work.does(['store', 'rekey']);
    const [fresh] = keys();
    expect(keys()).to.deep.equal([fresh, old]);
    expect(await keyIds()).to.deep.equal([idOf(fresh ?? '')]);
    await expectLogin('killed and run again');
  });

  it('run again after all is done changes nothing more', async () => {
    await work.does(['store', 'rekey']);
    const before = keys();
    expect(await work.does(['store', 'rekey'])).to.contain('Sealed anew: 0 value(s)');
    expect(keys()).to.deep.equal(before);
    expect(await work.does(['store', 'rekey', '--finish'])).to.contain('Dropped');
    expect(await work.does(['store', 'rekey', '--finish'])).to.contain('there is nothing to finish');
    expect(keys()).to.deep.equal(before.slice(0, 1));
    await work.does(['store', 'rekey']);
    expect(keys()[1], 'a second change').to.equal(before[0]);
  });

  it('keeps the old key while something is sealed under it', async () => {
    const service = await open();
    try {
      await work.does(['store', 'rekey']);
      const both = keys();
      // It was opened before, and writes with the old key.
      const userId = await addUser(service, { names: ['late'] });
      await giveToken(service, { userId, key: Buffer.alloc(20, 7) });
      const { code, stderr } = await work.radgate(['store', 'rekey', '--finish']);
      expect([code, stderr.includes('1 value(s) are still sealed under the old key')]).to.deep.equal([1, true]);
      expect(keys()).to.deep.equal(both);
    } finally {
      await service.close();
    }
    expect(await work.does(['store', 'rekey'])).to.contain('Sealed anew: 1 value(s)');
    expect(await work.does(['store', 'rekey', '--finish'])).to.contain('Dropped');
  });

  it('keeps the old key while a service runs that has it, though nothing is sealed under it yet', async () => {
    await start();
    await work.does(['store', 'rekey']);
    const both = keys();
    const early = await work.radgate(['store', 'rekey', '--finish']);
    expect([
      early.code,
      early.stderr.includes(`not restarted since the key was changed on ${hostname()}:`),
    ]).to.deep.equal([1, true]);
    expect(keys()).to.deep.equal(both);
    await served?.kill();
    expect((await work.radgate(['store', 'rekey', '--finish'])).code, 'killed: it may run again').to.equal(1);
    await restart();
    await work.does(['store', 'rekey', '--finish']);
    expect(keys()).to.deep.equal(both.slice(0, 1));

    await work.does(['store', 'rekey']);
    await served?.kill();
    await work.does(['store', 'rekey', '--finish', '--gone']);
    expect(keys()).to.have.length(1);
  });

  it('--prepare adds a key that nothing is sealed under, once', async () => {
    await work.does(['store', 'rekey', '--prepare']);
    const [first, next, ...more] = keys();
    expect([first, more]).to.deep.equal([old, []]);
    expect(await work.does(['store', 'rekey', '--prepare'])).to.contain('holds a second key already');
    expect(keys()).to.deep.equal([old, next]);
    const early = await work.radgate(['store', 'rekey', '--finish']);
    expect([early.code, early.stderr.includes('not changed yet')]).to.deep.equal([1, true]);
    expect(await work.inStore((store) => store.run(countOtherKeys, sealKey(Buffer.from(old, 'hex')).id))).to.equal(0);
    await work.does(['store', 'rekey']);
    expect(keys()).to.deep.equal([next, old]);
    const late = await work.radgate(['store', 'rekey', '--prepare']);
    expect([late.code, late.stderr.includes('--finish')]).to.deep.equal([1, true]);
    for (const args of [['--prepare', '--finish'], ['--gone'], ['--prepare', '--gone']])
      expect((await work.radgate(['store', 'rekey', ...args])).code, args.join(' ')).to.equal(64);
  });

  it('only one at a time', async () => {
    const steps = changeKey({ keyFile, open }, true);
    await steps.next();
    const before = keys();
    for (const args of [[], ['--prepare'], ['--finish']]) {
      const { code, stderr } = await work.radgate(['store', 'rekey', ...args]);
      expect([code, stderr.includes('another "radgate store rekey"')]).to.deep.equal([1, true]);
    }
    expect(keys()).to.deep.equal(before);
    await steps.return();
    expect(await prepareKey({ keyFile, open })).to.deep.equal({ kind: 'prepared', already: true });
  });

  it('where nodes may share the store, it only goes on with a key that was there before', async () => {
    const steps = changeKey({ keyFile, open }, false);
    expect(await refused(steps.next())).to.contain('--prepare');
    expect(keys()).to.deep.equal([old]);
    await prepareKey({ keyFile, open });
    for await (const step of changeKey({ keyFile, open }, false)) expect(step.kind).not.to.equal('prepared');
    expect(await finishKey({ keyFile, open }, false)).to.equal(true);
  });
});
