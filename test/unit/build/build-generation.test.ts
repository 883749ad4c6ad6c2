import { expect } from 'chai';
import { buildGeneration, type Lasting } from '../../../src/build/build-generation.ts';
import { Traffic } from '../../../src/figures/traffic.ts';
import { SharedParts } from '../../../src/shared-parts.ts';
import { memoryLogger } from '../../support/memory-logger.ts';
import { rest, Scratch } from '../config/scratch.ts';

describe('a generation that cannot be built', () => {
  it('lets go of all that it took, what sends messages included', () => {
    const scratch = new Scratch();
    try {
      const { config } = scratch.load(rest);
      const traffic = new Traffic();
      traffic.declare = () => {
        throw new Error('the last step fails');
      };
      const shared = {
        primaries: new SharedParts(async () => undefined),
        accountings: new SharedParts(async () => undefined),
        workers: new SharedParts(async () => undefined),
      };
      const lasting = { ...shared, logger: memoryLogger().logger, traffic } as unknown as Lasting;
      expect(() => buildGeneration(config, lasting)).to.throw('the last step fails');
      expect(Object.values(shared).map(({ size }) => size)).to.deep.equal([0, 0, 0]);
    } finally {
      scratch.remove();
    }
  });
});
