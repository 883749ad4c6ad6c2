import { expect } from 'chai';
import { Tally } from '../../../src/figures/tally.ts';
import { Timings } from '../../../src/figures/timings.ts';
import type { UpstreamFigures } from '../../../src/figures/upstream.ts';
import { Health, type UsedPrimary } from '../../../src/observe/health.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const server = (isHopeful: boolean): UpstreamFigures => ({
  server: '192.0.2.5:1812',
  isUp: isHopeful,
  isHopeful,
  outstanding: 0,
  asked: new Tally(['result']),
  took: new Timings(),
});

class Scene {
  readonly clock = new FakeClock();
  readonly store = { trouble: undefined as object | undefined, silentFor: 0 };
  primaries: readonly UsedPrimary[] = [{ name: 'local', servers: undefined }];
  probes = 0;
  probe: () => Promise<unknown> = async () => undefined;
  readonly health = new Health({
    clock: this.clock,
    store: this.store,
    probe: () => {
      this.probes++;
      return this.probe();
    },
    primaries: () => this.primaries,
  });
}

describe('Health', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.health.close());

  it('is ready once the store has committed, and asks it no more often than each 5 s', async () => {
    for (let i = 0; i < 3; i++) expect(await scene.health.unready()).to.deep.equal([]);
    expect(scene.probes).to.equal(1);
    scene.clock.pass(5_000);
    expect(await scene.health.unready()).to.deep.equal([]);
    expect(scene.probes).to.equal(2);
  });

  it('is not ready while the store cannot commit, from its first failure on and without asking', async () => {
    scene.store.trouble = { why: 'the disk is full' };
    expect(scene.health.known()).to.deep.equal(['the store cannot commit']);
    scene.probe = () => Promise.reject(new Error('full'));
    expect(await scene.health.unready()).to.deep.equal(['the store cannot commit']);
    scene.store.trouble = undefined;
    expect(scene.health.known()).to.deep.equal([]);
  });

  it('waits 2 s for a store that is locked, and has one probe under way at once', async function () {
    this.timeout(10_000);
    let end: () => void = () => undefined;
    scene.probe = () => new Promise<void>((resolve) => (end = resolve));
    const both = await Promise.all([scene.health.unready(), scene.health.unready()]);
    expect(both).to.deep.equal([
      ['the store has not committed within 2 s'],
      ['the store has not committed within 2 s'],
    ]);
    expect(scene.probes).to.equal(1);
    end();
    expect(await scene.health.unready()).to.deep.equal([]);
  });

  it('is ready as long as one server of one primary may answer', () => {
    scene.primaries = [
      { name: 'nps', servers: [server(false), server(false)] },
      { name: 'dc', servers: [server(false), server(true)] },
    ];
    expect(scene.health.known()).to.deep.equal([]);
    scene.primaries = scene.primaries.slice(0, 1);
    expect(scene.health.known()).to.deep.equal(['no server of any primary answers']);
  });

  it('is not ready once it stops', async () => {
    scene.health.stop();
    expect(await scene.health.unready()).to.deep.equal(['the service is stopping']);
  });

  it('is alive although the store cannot commit, and not once it has answered nothing for a minute', () => {
    scene.store.trouble = { why: 'locked' };
    scene.store.silentFor = 59_999;
    expect(scene.health.dead()).to.equal(undefined);
    scene.store.silentFor = 60_000;
    expect(scene.health.dead()).to.equal('the store has answered nothing for 60 s');
  });
});
