import { expect } from 'chai';
import { StoreError, type Store, type Transaction } from '../../../src/store/store.ts';
import { WatchedStore } from '../../../src/store/watched-store.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const write: Transaction<null, string> = { name: 'test-write', access: 'write', run: async () => 'done' };
const read: Transaction<null, string> = { name: 'test-read', access: 'read', run: async () => 'done' };

/** A store that answers when it is told to. */
class HeldStore implements Store {
  readonly asked: { readonly resolve: (output: never) => void; readonly reject: (error: Error) => void }[] = [];
  isClosed = false;

  run<Input, Output>(_transaction: Transaction<Input, Output>): Promise<Output> {
    return new Promise<Output>((resolve, reject) => this.asked.push({ resolve, reject }));
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

describe('WatchedStore', () => {
  let clock: FakeClock;
  let inner: HeldStore;
  let store: WatchedStore;
  beforeEach(() => {
    clock = new FakeClock();
    inner = new HeldStore();
    store = new WatchedStore(inner, clock);
  });
  const answer = (i: number): void => inner.asked[i]?.resolve('done' as never);
  const fail = (i: number, error: Error): void => inner.asked[i]?.reject(error);

  it('gives what the store gives, and counts it', async () => {
    const asked = store.run(write, null);
    expect(store.pending).to.equal(1);
    clock.pass(30);
    answer(0);
    expect(await asked).to.equal('done');
    expect(store.pending).to.equal(0);
    expect(store.transactions.counted()).to.deep.equal([{ values: ['write', 'committed'], count: 1 }]);
    expect([store.took.write.count, store.took.write.sum, store.took.read.count]).to.deep.equal([1, 0.03, 0]);
  });

  it('is in trouble from a failure on until the next write, whatever is read meanwhile', async () => {
    const failed = store.run(write, null).catch((error: unknown) => error);
    fail(0, new StoreError('database is locked'));
    expect(await failed).to.be.instanceOf(StoreError);
    expect(store.trouble?.why).to.equal('database is locked');
    const reading = store.run(read, null);
    answer(1);
    await reading;
    expect(store.trouble?.why).to.equal('database is locked');
    const writing = store.run(write, null);
    answer(2);
    await writing;
    expect(store.trouble).to.equal(undefined);
    expect(store.transactions.of('write', 'failed')).to.equal(1);
  });

  it('takes what a transaction itself refuses for no trouble of the store', async () => {
    const refused = store.run(write, null).catch((error: unknown) => error);
    fail(0, new Error('there is no such user'));
    await refused;
    expect(store.trouble).to.equal(undefined);
    expect(store.transactions.of('write', 'refused')).to.equal(1);
  });

  it('is silent for as long as it owes answers and gives none', async () => {
    expect(store.silentFor).to.equal(0);
    const first = store.run(write, null);
    clock.pass(40);
    const second = store.run(write, null);
    clock.pass(60);
    expect(store.silentFor).to.equal(100);
    answer(0);
    await first;
    expect(store.silentFor).to.equal(0);
    clock.pass(10);
    expect(store.silentFor).to.equal(10);
    answer(1);
    await second;
    clock.pass(1_000);
    expect(store.silentFor).to.equal(0);
    const third = store.run(write, null);
    expect(store.silentFor).to.equal(0);
    answer(2);
    await third;
    await store.close();
    expect(inner.isClosed).to.equal(true);
  });
});
