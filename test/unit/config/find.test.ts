import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { findConfig } from '../../../src/config/find.ts';
import { ConfigError } from '../../../src/config/problem.ts';
import { Scratch } from './scratch.ts';

describe('config: findConfig', () => {
  const scratch = new Scratch();
  const [first, second, none] = ['first.conf', 'second.conf', 'none.conf'].map((name) => join(scratch.dir, name)) as [
    string,
    string,
    string,
  ];
  before(() => {
    scratch.write('first.conf', '');
    scratch.write('second.conf', '');
  });
  after(() => scratch.remove());

  it('takes the given file before any other', () => {
    expect(findConfig(second, [first])).to.equal(second);
  });

  it('fails if the given file is not there, whatever else is', () => {
    expect(() => findConfig(none, [first]))
      .to.throw(OperatorError, none)
      .with.property('code', 'config-missing');
  });

  it('takes the first of the usual places that has one', () => {
    expect(findConfig(undefined, [none, second, first])).to.equal(second);
    expect(findConfig(undefined, [join(first, 'below-a-file'), first])).to.equal(first);
  });

  it('finds none', () => {
    expect(findConfig(undefined, [none, join(scratch.dir, 'no', 'such', 'dir')])).to.equal(undefined);
  });

  it('takes the file that is in the working directory', () => {
    const before = process.cwd();
    scratch.write('radius.conf', '');
    process.chdir(scratch.dir);
    try {
      expect(findConfig()).to.equal('./radius.conf');
    } finally {
      process.chdir(before);
    }
  });

  it('does not take a file that it cannot look at for one that is not there', () => {
    const loop = join(scratch.dir, 'loop.conf');
    symlinkSync(loop, loop);
    expect(() => findConfig(undefined, [loop, first])).to.throw(ConfigError, 'cannot look at this file: ELOOP');
    expect(() => findConfig(loop)).to.throw(ConfigError);
  });
});
