import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ServedProgram } from '../../support/served-program.ts';
import { localConfig, Workplace } from './command.ts';

describe('radgate store backup', () => {
  let work: Workplace;
  before(async () => {
    work = new Workplace();
    work.write('radius.conf', localConfig);
    await work.does(['user', 'add', 'alice', '--password-stdin'], 'a long password\n');
  });
  after(() => work.remove());

  it('copies the store while it is served; with its key the copy is a store', async () => {
    const served = await ServedProgram.start(work.dir, localConfig);
    const said = await work.does(['store', 'backup', 'copy.db']);
    expect(await served.stop()).to.equal(0);
    const file = join(work.dir, 'copy.db');
    const { mode, size } = statSync(file);
    expect(mode & 0o777).to.equal(0o600);
    expect(said)
      .to.contain(`to copy.db (${(size / 1_000).toFixed(1)} kB).`)
      .and.contain(`Not in it: the key file ${join(work.dir, 'radgate.key')}`);
    mkdirSync(join(work.dir, 'restored'));
    copyFileSync(file, join(work.dir, 'restored/radgate.db'));
    const keyless = await work.radgate(['--data', 'restored', 'user', 'list']);
    expect([keyless.code, keyless.stderr.includes('needs its key file')]).to.deep.equal([77, true]);
    copyFileSync(join(work.dir, 'radgate.key'), join(work.dir, 'restored/radgate.key'));
    expect(await work.does(['--data', 'restored', 'user', 'list'])).to.match(/^alice /m);
  });

  it('overwrites nothing', async () => {
    const file = work.write('there', 'precious');
    const { code, stderr } = await work.radgate(['store', 'backup', 'there']);
    expect([code, stderr.includes('there is there already')]).to.deep.equal([64, true]);
    expect(readFileSync(file, 'utf8')).to.equal('precious');
  });

  it('leaves no file behind where it cannot write one', async () => {
    const { code } = await work.radgate(['store', 'backup', 'no/such/directory/copy.db']);
    expect(code).to.equal(64);
    expect(existsSync(join(work.dir, 'no'))).to.equal(false);
  });

  it('makes no store where there is none', async () => {
    mkdirSync(join(work.dir, 'empty'));
    for (const command of [['backup', 'x'], ['rekey'], ['export', 'x', '--passphrase-stdin']]) {
      const { code, stderr } = await work.radgate(['--data', 'empty', 'store', ...command], 'a long passphrase\n');
      expect([code, stderr.includes('there is no store')]).to.deep.equal([69, true]);
    }
    expect(readdirSync(join(work.dir, 'empty'))).to.deep.equal([]);
    expect(existsSync(join(work.dir, 'x'))).to.equal(false);
  });
});
