import { expect } from 'chai';
import { DropLog } from '../../../src/observe/drop-log.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryLogger } from '../../support/memory-logger.ts';

describe('observe/drop-log', () => {
  it('tells the first packet at once, and a minute later how many more there were and why', () => {
    const clock = new FakeClock();
    const { logger, lines } = memoryLogger();
    const drops = new DropLog(logger, clock);
    try {
      for (let count = 0; count < 4; count++) drops.drop('192.0.2.1', 'stranger', 'no client has this address');
      expect(lines.map(({ msg }) => msg)).to.deep.equal(['dropped a packet: no client has this address']);
      clock.pass(60_000);
      // What comes next lets the old one be told.
      drops.drop('192.0.2.2', 'stranger', 'no client has this address');
      expect(lines[1]).to.include({
        address: '192.0.2.1',
        reason: 'stranger',
        count: 3,
        msg: 'dropped more of the same: no client has this address',
      });
    } finally {
      drops.close();
    }
  });
});
