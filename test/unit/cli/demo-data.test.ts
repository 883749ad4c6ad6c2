import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { demoFile, makeDemo, readDemo } from '../../../src/cli/demo/data.ts';

describe('cli/demo-data', () => {
  let top: string;
  let dir: string;
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'radgate-demo-'));
    dir = join(top, 'data');
  });
  afterEach(() => rmSync(top, { recursive: true }));

  it('is made once, for its owner alone', () => {
    const demo = makeDemo(dir);
    expect([statSync(dir).mode & 0o777, statSync(demoFile(dir)).mode & 0o777]).to.deep.equal([0o700, 0o600]);
    expect([makeDemo(dir), readDemo(dir)]).to.deep.equal([demo, demo]);
  });

  it('writes nothing through a link that somebody has put in its place', () => {
    mkdirSync(dir);
    const elsewhere = join(top, 'elsewhere');
    symlinkSync(elsewhere, `${demoFile(dir)}.${process.pid}`);
    const demo = makeDemo(dir);
    expect(existsSync(elsewhere)).to.equal(false);
    expect(readDemo(dir)).to.deep.equal(demo);
  });
});
