import { expect } from 'chai';
import { LoopMark } from '../../../src/packet/loop-mark.ts';
import type { Attribute } from '../../../src/packet/packet.ts';

const key = Buffer.alloc(32, 1);
const mark = new LoopMark(key);
const state = (value: Buffer): Attribute => ({ type: 33, value });

describe('packet/loop-mark', () => {
  it('is a Proxy-State that names us, with 16 octets of a keyed hash', () => {
    expect(mark.attribute.type).to.equal(33);
    expect(mark.attribute.value).to.have.length(24);
    expect(mark.attribute.value.subarray(0, 8).toString()).to.equal('radgate:');
  });

  it('is known by every node on the store, wherever it stands among what other proxies added', () => {
    const attributes = [state(Buffer.from('of the NAS')), mark.attribute, state(Buffer.alloc(24))];
    expect(new LoopMark(Buffer.from(key)).isIn({ attributes })).to.equal(true);
  });

  it("is not another installation's, which may stand in the chain", () => {
    expect(mark.isIn({ attributes: [new LoopMark(Buffer.alloc(32, 2)).attribute] })).to.equal(false);
  });

  it('is nothing that resembles it', () => {
    const { value } = mark.attribute;
    for (const other of [
      value.subarray(0, 23),
      Buffer.concat([value, Buffer.of(0)]),
      Buffer.concat([value.subarray(0, 23), Buffer.of((value[23] ?? 0) ^ 1)]),
      Buffer.from('radgate:'),
      Buffer.alloc(0),
    ])
      expect(mark.isIn({ attributes: [state(other)] }), other.toString('hex')).to.equal(false);
    expect(mark.isIn({ attributes: [{ type: 25, value }] })).to.equal(false);
    expect(mark.isIn({ attributes: [] })).to.equal(false);
  });
});
