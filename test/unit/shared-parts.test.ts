import { expect } from 'chai';
import { Secret } from '../../src/config/secret.ts';
import { SharedParts } from '../../src/shared-parts.ts';

describe('shared parts', () => {
  const closed: string[] = [];
  const parts = (): SharedParts<{ readonly name: string }> =>
    new SharedParts(async ({ name }) => void closed.push(name));
  beforeEach(() => closed.splice(0));

  it('keeps one with equal settings, and closes it with its last user', async () => {
    const shared = parts();
    const first = shared.take({ secret: new Secret('x') }, () => ({ name: 'first' }));
    expect(shared.take({ secret: new Secret('x') }, () => ({ name: 'second' }))).to.equal(first);
    await shared.release(first);
    expect([closed, shared.size]).to.deep.equal([[], 1]);
    await shared.release(first);
    await shared.release(first);
    expect([closed, shared.size]).to.deep.equal([['first'], 0]);
  });

  it('makes another where the settings differ, be it in a secret alone', () => {
    const shared = parts();
    const first = shared.take({ secret: new Secret('x') }, () => ({ name: 'first' }));
    expect(shared.take({ secret: new Secret('y') }, () => ({ name: 'second' }))).to.not.equal(first);
    expect(shared.size).to.equal(2);
  });

  it('keeps nothing of one that could not be made', () => {
    const shared = parts();
    expect(() =>
      shared.take('x', () => {
        throw new Error('no file');
      }),
    ).to.throw('no file');
    expect(shared.size).to.equal(0);
  });
});
