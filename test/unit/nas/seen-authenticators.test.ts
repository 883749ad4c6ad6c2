import { expect } from 'chai';
import { SeenAuthenticators } from '../../../src/nas/seen-authenticators.ts';
import { ScratchStore } from '../../support/scratch-store.ts';

describe('nas/seen-authenticators', () => {
  let scratch: ScratchStore;
  beforeEach(async () => (scratch = await ScratchStore.open()));
  afterEach(() => scratch.remove());

  const rethrow = (error: unknown): void => {
    throw error;
  };
  const load = (): Promise<SeenAuthenticators> =>
    SeenAuthenticators.load(scratch.store, { onTrouble: rethrow, onFull: () => expect.fail('it is full') });

  it('remembers an address in its role alone, over a restart too', async () => {
    const seen = await load();
    seen.add('client', '192.0.2.1');
    seen.add('client', '192.0.2.1');
    seen.add('server', '192.0.2.5:1812');
    expect(seen.has('client', '192.0.2.1')).to.equal(true);
    expect(seen.has('server', '192.0.2.1')).to.equal(false);
    expect(seen.has('client', '192.0.2.2')).to.equal(false);
    await scratch.reopen();
    const later = await load();
    expect(later.has('client', '192.0.2.1')).to.equal(true);
    expect(later.has('server', '192.0.2.5:1812')).to.equal(true);
    expect(later.has('client', '192.0.2.2')).to.equal(false);
  });

  it('forgets, over a restart too', async () => {
    const seen = await load();
    seen.add('client', '192.0.2.1');
    seen.forget('client', '192.0.2.1');
    seen.forget('client', '192.0.2.9');
    expect(seen.has('client', '192.0.2.1')).to.equal(false);
    await scratch.reopen();
    expect((await load()).has('client', '192.0.2.1')).to.equal(false);
  });

  it('remembers no more than it may, and tells once that it is full', async () => {
    let full = 0;
    const seen = await SeenAuthenticators.load(scratch.store, { onTrouble: rethrow, onFull: () => full++, max: 2 });
    seen.add('client', '192.0.2.1');
    seen.add('client', '192.0.2.2');
    seen.add('client', '192.0.2.2');
    expect(full).to.equal(0);
    seen.add('client', '192.0.2.3');
    seen.add('server', '192.0.2.4');
    expect([full, seen.has('client', '192.0.2.2'), seen.has('client', '192.0.2.3')]).to.deep.equal([1, true, false]);
  });

  it('holds what could not be stored, and tells of it', async () => {
    let tell: (error: unknown) => void = () => undefined;
    const told = new Promise<unknown>((resolve) => (tell = resolve));
    const seen = await SeenAuthenticators.load(scratch.store, { onTrouble: tell, onFull: () => undefined });
    await scratch.store.close();
    seen.add('client', '192.0.2.1');
    expect(seen.has('client', '192.0.2.1')).to.equal(true);
    expect(await told).to.be.instanceOf(Error);
  });
});
