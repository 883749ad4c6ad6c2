import { ScratchStore } from './scratch-store.ts';

/** One store for all tests of a suite, empty before each: opening one takes longer than most tests. To be called where the suite is described. */
export function sharedStore(): { readonly scratch: ScratchStore } {
  let opened: ScratchStore | undefined;
  before(async () => void (opened = await ScratchStore.open()));
  beforeEach(() => opened?.empty());
  after(() => opened?.remove());
  return {
    get scratch() {
      if (!opened) throw new Error('the store is not open yet');
      return opened;
    },
  };
}
