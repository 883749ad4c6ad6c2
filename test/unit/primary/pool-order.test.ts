import { expect } from 'chai';
import { newlyAlive, type Standing } from '../../../src/primary/liveness.ts';
import { turnsOf, type PoolMode, type Ranked } from '../../../src/primary/pool-order.ts';

interface Named extends Ranked {
  readonly name: string;
}

const now = 1_000;

function server(name: string, standing: Standing, own: { outstanding?: number; trialAt?: number } = {}): Named {
  const { outstanding = 0, trialAt = now + 1 } = own;
  return { name, liveness: { ...newlyAlive(0, 1), standing, trialAt }, outstanding };
}

/** Names of those asked first, and of the others. */
function turns(servers: readonly Named[], mode: PoolMode = 'fail-over', random = () => 0.5): string {
  const { first, last, trial } = turnsOf(servers, mode, now, random);
  const names = (some: readonly Named[]): string => some.map(({ name }) => name).join('');
  return `${names(first)}|${names(last)}${trial ? ` tries ${trial.name}` : ''}`;
}

describe('primary/pool-order', () => {
  it('asks alive servers in the order of the config, then suspect ones, and dead ones with what time is left', () => {
    expect(turns([server('a', 'alive'), server('b', 'alive')])).to.equal('ab|');
    const servers = [server('a', 'dead'), server('b', 'suspect'), server('c', 'alive'), server('d', 'alive')];
    expect(turns(servers)).to.equal('cdb|a');
  });

  it('gives dead servers their time where nobody else is left', () => {
    expect(turns([server('a', 'dead'), server('b', 'dead')])).to.equal('ab|');
    expect(turns([server('a', 'dead'), server('b', 'suspect')])).to.equal('b|a');
  });

  it('tries one that is due as if it were alive, and only one', () => {
    const due = { trialAt: now };
    expect(turns([server('a', 'dead', due), server('b', 'suspect', due), server('c', 'alive')])).to.equal(
      'acb| tries a',
    );
    // Where none is alive there is nothing to try: all are asked.
    expect(turns([server('a', 'dead', due), server('b', 'suspect')])).to.equal('b|a');
  });

  it('load-balance asks whoever has the least outstanding first, among servers of one standing', () => {
    const servers = [
      server('a', 'alive', { outstanding: 3 }),
      server('b', 'alive', { outstanding: 1 }),
      server('c', 'suspect'),
      server('d', 'alive', { outstanding: 2 }),
    ];
    expect(turns(servers, 'load-balance')).to.equal('bdac|');
  });

  it('load-balance leaves ties to chance', () => {
    const servers = [server('a', 'alive'), server('b', 'alive'), server('c', 'alive')];
    const randoms = [0.9, 0.1, 0.5];
    expect(turns(servers, 'load-balance', () => randoms.shift() ?? 0)).to.equal('bca|');
  });
});
