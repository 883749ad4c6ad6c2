import { expect } from 'chai';
import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plan } from './install-plan.ts';
import type { Surroundings } from './install-plan.ts';
import { peers } from './peers.ts';
import type { PeerProgram } from './peers.ts';
import { forbidServices } from './policy-rc-d.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

const row = (name: string): PeerProgram => ({
  name,
  debian: `deb-${name}`,
  purpose: `${name}ing`,
  present: () => false,
});
const rootOnDebian: Surroundings = { root: true, system: 'debian', ci: false, leaveAlone: false };

describe('peer/install: what is done about missing peers', () => {
  const missing = [row('one'), row('two')];

  it('installs as root on Debian, and says what and how to avoid it', () => {
    for (const ci of [false, true]) {
      const { install, code, lines } = plan(missing, { ...rootOnDebian, ci });
      expect(install).to.deep.equal(['deb-one', 'deb-two']);
      expect(code).to.equal(0);
      expect(lines.join())
        .to.contain('deb-one (for oneing), deb-two (for twoing)')
        .and.to.contain('RADGATE_PEERS=skip');
    }
  });

  it('installs nothing when nothing is missing, and says so', () => {
    const { install, code, lines } = plan([], rootOnDebian);
    expect({ install, code, said: lines.length }).to.deep.equal({ install: [], code: 0, said: 1 });
  });

  for (const [title, where, why] of [
    ['RADGATE_PEERS=skip', { leaveAlone: true }, 'RADGATE_PEERS=skip'],
    ['not root', { root: false }, 'only root'],
    ['not Debian', { system: 'fedora' }, 'Debian only'],
  ] as const) {
    it(`${title}: installs nothing, says what is skipped and why, and fails in CI`, () => {
      const skipped = plan(missing, { ...rootOnDebian, ...where });
      expect(skipped.install).to.deep.equal([]);
      expect(skipped.code).to.equal(0);
      expect(skipped.lines.join('\n'))
        .to.match(/^Skipping .*deb-one.*deb-two/)
        .and.to.contain(why);
      expect(skipped.lines.join('\n')).to.contain('apt-get install --no-install-recommends deb-one deb-two');
      const inCi = plan(missing, { ...rootOnDebian, ...where, ci: true });
      expect(inCi.install).to.deep.equal([]);
      expect(inCi.code).to.equal(1);
    });
  }

  it('names each peer once, with a package and a purpose', () => {
    expect(new Set(peers.map((peer) => peer.name)).size).to.equal(peers.length);
    for (const peer of peers)
      expect([peer.name, peer.debian, peer.purpose].every((text) => text !== '')).to.equal(true);
  });
});

describe('peer/install: no service is started meanwhile', () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await makeTempDir('policy');
    path = join(dir, 'policy-rc.d');
  });
  afterEach(() => removeTempDir(dir));

  it('forbids, and leaves nothing behind', () => {
    const restore = forbidServices(path);
    expect(readFileSync(path, 'utf8')).to.match(/^#!\/bin\/sh\n[^]*\nexit 101\n$/);
    expect(lstatSync(path).mode & 0o777).to.equal(0o755);
    restore();
    restore();
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('puts back the policy that was there, with its mode', () => {
    writeFileSync(path, 'exit 104\n', { mode: 0o700 });
    const restore = forbidServices(path);
    expect(readFileSync(path, 'utf8')).to.contain('exit 101');
    restore();
    expect(readFileSync(path, 'utf8')).to.equal('exit 104\n');
    expect(lstatSync(path).mode & 0o777).to.equal(0o700);
    expect(readdirSync(dir)).to.deep.equal(['policy-rc.d']);
  });

  it('keeps a symbolic link, even a dangling one', () => {
    symlinkSync('/nowhere', path);
    forbidServices(path)();
    expect(lstatSync(path).isSymbolicLink()).to.equal(true);
  });

  it('mends what a run that was killed left behind', () => {
    writeFileSync(path, 'exit 104\n');
    forbidServices(path);
    const restore = forbidServices(path);
    expect(readFileSync(path, 'utf8')).to.contain('exit 101');
    restore();
    expect(readFileSync(path, 'utf8')).to.equal('exit 104\n');
  });

  it('leaves a policy alone that somebody wrote meanwhile', () => {
    const restore = forbidServices(path);
    writeFileSync(path, 'exit 104\n');
    restore();
    expect(readFileSync(path, 'utf8')).to.equal('exit 104\n');
  });
});
