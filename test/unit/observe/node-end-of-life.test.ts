import { expect } from 'chai';
import { nodeEndOfLife } from '../../../src/observe/node-end-of-life.ts';

describe('nodeEndOfLife', () => {
  const november2026 = Date.UTC(2026, 10, 24);

  it('warns of a line that has ended', () => {
    expect(nodeEndOfLife('v20.20.2', november2026)).to.equal(
      'Node v20.20.2 gets no security fixes since 2026-04-30: run radgate on Node 24 or later',
    );
  });

  it('is content with a line that gets fixes, until the day it ends', () => {
    expect(nodeEndOfLife('v20.19.0', Date.UTC(2026, 3, 29))).to.equal(undefined);
    expect(nodeEndOfLife('v22.12.0', november2026)).to.equal(undefined);
    expect(nodeEndOfLife('v24.0.0', november2026)).to.equal(undefined);
    expect(nodeEndOfLife('v22.12.0', Date.UTC(2027, 3, 30))).to.match(/^Node v22/);
  });

  it('says nothing of a Node that is newer than this list', () => {
    expect(nodeEndOfLife('v28.0.0', Date.UTC(2040, 0, 1))).to.equal(undefined);
  });
});
