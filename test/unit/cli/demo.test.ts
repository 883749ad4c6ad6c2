import { expect } from 'chai';
import { mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { grouped } from '../../../src/base32.ts';
import { closed, onLines, startChild } from '../../peer/child.ts';
import { Journal } from '../../peer/journal.ts';
import { freeUdpPort } from '../../peer/free-port.ts';
import { UdpClient } from '../../peer/udp-client.ts';
import { execute, query } from '../../support/test-transactions.ts';
import { localConfig, program, Workplace } from './command.ts';

interface Demo {
  readonly user: { readonly name: string; readonly password: string };
  readonly token: { readonly key: string };
  readonly secret: string;
}

/** The running demo. */
interface Running {
  /** What it wrote to standard error before it was ready. */
  readonly banner: string;
  readonly log: readonly string[];
  readonly stop: () => Promise<number | null>;
}

describe('the demo', () => {
  const work = new Workplace();
  let listen: string;
  let running: Running | undefined;

  before(async () => (listen = `127.0.0.1:${await freeUdpPort('127.0.0.1')}`));
  afterEach(async () => running?.stop());
  after(() => work.remove());

  const start = async (...args: readonly string[]): Promise<Running> => {
    const child = startChild(process.execPath, [program, '--listen', listen, ...args], { cwd: work.dir });
    const log = new Journal<string>();
    const banner = new Journal<string>();
    onLines(child.stdout, (line) => log.add(line));
    onLines(child.stderr, (line) => banner.add(line));
    const end = closed(child).finally(() => log.end(`the demo ended: ${banner.entries.join('\n')}`));
    const stop = async (): Promise<number | null> => {
      running = undefined;
      child.kill('SIGTERM');
      return (await end).code;
    };
    try {
      await log.waitFor((line) => line.includes('"msg":"ready"'), 'the demo to be ready');
      if (!args.includes('-c'))
        await banner.waitFor((line) => line.startsWith('For your own VPN'), 'the last line of the banner');
    } catch (error) {
      await stop();
      throw error;
    }
    running = { banner: banner.entries.join('\n'), log: log.entries, stop };
    return running;
  };
  const demo = (dir = 'radgate-data'): Demo =>
    JSON.parse(readFileSync(join(work.dir, dir, 'demo.json'), 'utf8')) as Demo;

  it('shows all that a first login needs, at 80 columns, with its secrets in a file where there is no terminal', async () => {
    const { banner, log, stop } = await start();
    const { user, token, secret } = demo();
    expect(banner)
      .to.match(/^ {2}OATH key +\(in radgate-data\/demo\.json\)$/m)
      .and.match(/^ {2}password +\(in radgate-data\/demo\.json\)$/m)
      .and.match(/^ {2}shared secret +\(in radgate-data\/demo\.json\)$/m)
      .and.match(new RegExp(`^  npx radgate login alice --server ${listen}$`, 'm'))
      .and.match(/^ {2}npx radgate demo code$/m)
      .and.contain('radius.conf.example')
      .and.not.contain('█');
    expect(banner.split('\n').filter((line) => line.length > 80)).to.deep.equal([]);

    const code = (await work.does(['demo', 'code'])).trim();
    expect(code).to.match(/^\d{6}$/);
    const ended = await work.radgate(['login', 'alice', '--server', listen], `${user.password}\n${code}\n`);
    expect([ended.code, ended.stdout]).to.deep.equal([0, 'Access-Accept\n']);

    const next = await work.radgate(['demo', 'code']);
    expect(next.stdout.trim())
      .to.match(/^\d{6}$/)
      .and.not.equal(code);
    expect(next.stderr).to.match(/alice's code, good for \d+ s/);
    const again = await work.radgate(['login', 'alice', '--server', listen], `${user.password}\n${next.stdout}`);
    expect(again.code).to.equal(0);
    expect(await stop()).to.equal(0);
    const written = `${banner}\n${log.join('\n')}`;
    for (const hidden of [user.password, token.key, grouped(token.key), secret, code])
      expect(written).to.not.contain(hidden);
    const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    const ready = log.find((line) => line.includes('"msg":"ready"')) ?? '';
    expect(JSON.parse(ready)).to.include({ version }).and.not.have.property('config');
    for (const [name, mode] of [
      ['', 0o700],
      ['demo.json', 0o600],
      ['radgate.db', 0o600],
      ['radgate.key', 0o600],
    ] as const)
      expect([name, statSync(join(work.dir, 'radgate-data', name)).mode & 0o777]).to.deep.equal([name, mode]);
  });

  it('is the same at the next start, but for what was changed since', async () => {
    const made = demo();
    await (await start()).stop();
    expect(demo()).to.deep.equal(made);
    const changed = await work.radgate(['user', 'set', 'alice', '--password-stdin'], 'mine now');
    expect([changed.code, changed.stderr]).to.deep.equal([0, '(demo in ./radgate-data)\n']);
    await work.does(['token', 'remove', 'alice', '--yes']);
    const { banner, stop } = await start();
    expect(banner).to.not.contain('OATH key');
    expect(banner).to.contain('the one that you have set').and.contain('token was removed');
    await stop();
    const { code, stdout, stderr } = await work.radgate(['demo', 'code']);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.contain('was removed');
  });

  it('is in the directory that --data names, which is then in the commands that it shows', async () => {
    const { banner, stop } = await start('--data', 'my demo');
    expect(banner).to.contain(`npx radgate login alice --data 'my demo' --server ${listen}`);
    expect(banner).to.contain("npx radgate demo code --data 'my demo'");
    await stop();
    expect((await work.radgate(['demo', 'code', '--data', 'my demo'])).stdout).to.match(/^\d{6}\n$/);
    expect(demo('my demo').secret).to.not.equal(demo().secret);
  });

  it('warns at each start of a service whose store the demo made', async () => {
    work.write('own.conf', localConfig.replace('radgate.db', 'my demo/radgate.db'));
    const { banner, log, stop } = await start('-c', 'own.conf');
    await stop();
    expect(banner).to.equal('');
    expect(log.find((line) => line.includes('the demo made this store'))).to.contain('"level":40');
    const ready = log.find((line) => line.includes('"msg":"ready"')) ?? '';
    expect(JSON.parse(ready)).to.include({ config: join(realpathSync(work.dir), 'own.conf') });
  });

  it('says that the code of now was used, and shows the next one', async () => {
    await work.inStore(async (store) => {
      const [row] = await store.run(query, { sql: 'SELECT id FROM tokens' });
      expect(row).to.not.equal(undefined);
      // Should the step end within the time that the command takes, it is the next one that was used.
      const step = Math.floor((Date.now() + 3_000) / 30_000);
      await store.run(execute, { sql: 'UPDATE tokens SET last_step = ?', parameters: [step] });
    }, 'my demo');
    const { code, stdout, stderr } = await work.radgate(['demo', 'code', '--data', 'my demo']);
    expect([code, /^\d{6}\n$/.test(stdout), stderr.includes('used already')]).to.deep.equal([0, true, true]);
  });

  it('refuses to listen where others reach it, before it makes anything, with 64', async () => {
    for (const address of ['0.0.0.0:0', '[::]:0', '192.0.2.1:0']) {
      const { code, stderr } = await work.radgate(['--listen', address, '--data', 'open']);
      expect([address, code, stderr.includes('loopback alone')]).to.deep.equal([address, 64, true]);
    }
    expect(() => statSync(join(work.dir, 'open'))).to.throw('ENOENT');
  });

  it('says that its port is taken, with 69', async () => {
    const other = await UdpClient.open();
    const taken = `127.0.0.1:${other.port}`;
    const { code, stderr } = await work.radgate(['--listen', taken]);
    await other.close();
    expect(code).to.equal(69);
    expect(stderr)
      .to.contain(`cannot listen on UDP ${taken}`)
      .and.contain('EADDRINUSE')
      .and.contain('Another process has this port');
  });

  it('adds no user to a store that it did not make, with 78', async () => {
    const other = new Workplace();
    try {
      const file = other.write('elsewhere.conf', localConfig);
      mkdirSync(join(other.dir, 'store'));
      await other.does(['user', 'add', 'bob', '-c', file, '--data', 'store']);
      const { code, stderr } = await other.radgate(['--listen', listen, '--data', 'store']);
      expect([code, stderr.includes("the store in store is not a demo's")]).to.deep.equal([78, true]);
      expect(await other.json(['user', 'list', '-c', file, '--data', 'store'])).to.have.property('total', 1);
    } finally {
      other.remove();
    }
  });

  it('shows no code without a demo, with 1, nor with a config, with 64', async () => {
    const none = await work.radgate(['demo', 'code', '--data', 'nowhere']);
    expect([none.code, none.stderr.includes('there is no demo in nowhere')]).to.deep.equal([1, true]);
    const config = await work.radgate(['demo', 'code', '-c', 'radius.conf']);
    expect([config.code, config.stdout]).to.deep.equal([64, '']);
  });

  it('says that its file was altered, with 78, and quotes nothing of it', async () => {
    const other = new Workplace();
    try {
      other.write('demo.json', '{"secret": "geheim"');
      const { code, stderr } = await other.radgate(['user', 'list', '--data', '.']);
      expect([code, stderr.includes('demo.json is not what the demo wrote')]).to.deep.equal([78, true]);
      expect(stderr).to.not.contain('geheim');
    } finally {
      other.remove();
    }
  });
});
