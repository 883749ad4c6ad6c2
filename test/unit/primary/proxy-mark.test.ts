import { expect } from 'chai';
import { carriesMark, loadProxyMark, markAttribute } from '../../../src/primary/proxy-mark.ts';
import type { Attribute, Packet } from '../../../src/packet/packet.ts';
import { ScratchStore } from '../../support/scratch-store.ts';

const mark = Buffer.alloc(16, 1);
const state = (value: Buffer): Attribute => ({ type: 33, value });
const packet = (attributes: readonly Attribute[]): Packet => ({
  bytes: Buffer.alloc(20),
  code: 1,
  identifier: 1,
  authenticator: Buffer.alloc(16),
  attributes,
  messageAuthenticatorAt: 0,
});
const isKnown = (...attributes: readonly Attribute[]): boolean => carriesMark(packet(attributes), mark);

describe('primary/proxy-mark', () => {
  it('is a Proxy-State, known wherever it stands among what other proxies added', () => {
    expect(markAttribute(mark)).to.deep.equal(state(mark));
    expect(isKnown(state(Buffer.from('of the NAS')), state(Buffer.from(mark)), state(Buffer.alloc(16)))).to.equal(true);
  });

  it('is nothing that resembles it', () => {
    for (const other of [mark.subarray(0, 15), Buffer.alloc(17, 1), Buffer.alloc(16, 2), Buffer.alloc(0)])
      expect(isKnown(state(other)), other.toString('hex')).to.equal(false);
    expect(isKnown({ type: 25, value: mark }), 'another attribute').to.equal(false);
    expect(isKnown()).to.equal(false);
  });

  describe('of a store', () => {
    const opened: ScratchStore[] = [];
    const open = async (): Promise<ScratchStore> => {
      const scratch = await ScratchStore.open();
      opened.push(scratch);
      return scratch;
    };
    after(() => Promise.all(opened.map((scratch) => scratch.remove())));

    it('is 16 octets, the same for all who open it', async () => {
      const scratch = await open();
      const own = await scratch.store.run(loadProxyMark, null);
      expect(own).to.have.length(16);
      expect((await (await scratch.reopen()).run(loadProxyMark, null)).equals(own)).to.equal(true);
    });

    it("is not another installation's, which may stand in the chain", async () => {
      const [one, other] = [await open(), await open()];
      const theirs = await other.store.run(loadProxyMark, null);
      expect(carriesMark(packet([state(theirs)]), await one.store.run(loadProxyMark, null))).to.equal(false);
    });
  });
});
