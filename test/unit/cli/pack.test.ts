import { expect } from 'chai';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Finished } from '../../peer/child.ts';
import { makeTempDir, removeTempDir } from '../../peer/temp-dir.ts';

const root = join(import.meta.dirname, '../../../..');

describe('npm pack', () => {
  let dir: string;
  let files: readonly string[];
  let tarball: string;

  const npm = (args: readonly string[], cwd: string): Promise<Finished> =>
    run('npm', args, { cwd, milliseconds: 240_000 });

  before(async function () {
    this.timeout(60_000);
    dir = await makeTempDir('pack');
    // What the tests run is built already.
    const { code, stdout, stderr } = await npm(
      ['pack', '--json', '--ignore-scripts', '--pack-destination', dir, root],
      dir,
    );
    if (code !== 0) throw new Error(stderr);
    const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
    if (!packed) throw new Error('nothing was packed');
    tarball = join(dir, packed.filename);
    files = packed.files.map(({ path }) => path);
  });
  after(() => removeTempDir(dir));

  it('packs the program and what it reads, and no tests', () => {
    expect(files).to.include.members([
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'radius.conf.example',
      'dictionaries/dictionary',
      'dist/src/main.js',
      'dist/src/store-thread.js',
    ]);
    expect(files.filter((path) => /^(dist\/(?!src\/)|src\/|test\/|bench\/)/.test(path))).to.deep.equal([]);
  });

  it('installs into an empty directory, where radgate runs', async function () {
    this.timeout(300_000);
    const home = await makeTempDir('install');
    try {
      writeFileSync(join(home, 'package.json'), '{}');
      const installed = await npm(['install', '--no-audit', '--no-fund', tarball], home);
      expect([installed.code, installed.code === 0 ? '' : installed.stderr]).to.deep.equal([0, '']);
      const radgate = (...args: readonly string[]): Promise<Finished> =>
        run(join(home, 'node_modules/.bin/radgate'), args, { cwd: home });

      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      expect(await radgate('--version')).to.include({ code: 0, stdout: `${version}\n`, stderr: '' });
      const example = readFileSync(join(home, 'node_modules/radgate/radius.conf.example'), 'utf8');
      writeFileSync(join(home, 'radius.conf'), example, { mode: 0o600 });
      for (const secret of ['vpn', 'nps'])
        writeFileSync(join(home, `${secret}.secret`), 'sixteen octets or more', { mode: 0o600 });
      const checked = await radgate('check');
      expect([checked.code, checked.stderr]).to.deep.equal([0, '']);
      expect(checked.stdout).to.contain('./radius.conf is good.');
      // A command that opens the store and its thread, and one that reads the dictionaries.
      expect((await radgate('user', 'add', 'alice', '--data', '.')).code).to.equal(0);
      expect((await radgate('token', 'add', 'alice', '--data', '.')).stdout).to.contain('otpauth://totp/radgate:alice');
      const login = await run(
        join(home, 'node_modules/.bin/radgate'),
        ['login', 'a', '-v', '--server', '127.0.0.1:9', '--secret-file', 'vpn.secret'],
        { cwd: home, input: 'password\n' },
      );
      expect([login.code, login.stderr.includes('Service-Type = Framed-User')]).to.deep.equal([69, true]);
      expect(existsSync(join(home, 'node_modules/mocha'))).to.equal(false);
    } finally {
      await removeTempDir(home);
    }
  });
});
