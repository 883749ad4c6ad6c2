import { expect } from 'chai';
import { loopKey } from '../../../src/store/loop-key.ts';
import { ScratchStore } from '../../support/scratch-store.ts';

describe('store/loop-key', () => {
  const opened: ScratchStore[] = [];
  const open = async (): Promise<ScratchStore> => {
    const scratch = await ScratchStore.open();
    opened.push(scratch);
    return scratch;
  };
  after(() => Promise.all(opened.map((scratch) => scratch.remove())));

  it('is 32 octets, the same for all who open the store', async () => {
    const scratch = await open();
    const key = await scratch.store.run(loopKey, null);
    expect(key).to.have.length(32);
    expect((await (await scratch.reopen()).run(loopKey, null)).equals(key)).to.equal(true);
  });

  it("is another store's own", async () => {
    const [one, other] = [await open(), await open()];
    expect((await one.store.run(loopKey, null)).equals(await other.store.run(loopKey, null))).to.equal(false);
  });
});
