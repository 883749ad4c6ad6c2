import { expect } from 'chai';
import type { Granted } from '../../../src/packet/granted.ts';
import { attribute, Code, Type, valuesOfType, type RawAttribute, type RawPacket } from '../../peer/packet-bytes.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { challengedWith, provenAsAsked } from '../../support/primary-requests.ts';
import { sharedStore } from '../../support/shared-store.ts';

/** So many octets of Class attributes. */
function granted(octets: number): Granted[] {
  const sizes = [...Array.from({ length: Math.floor(octets / 255) }, () => 255), octets % 255].filter(
    (size) => size > 2,
  );
  return sizes.map((size) => ({ kind: 'plain', type: 25, value: Buffer.alloc(size - 2, 7) }));
}

/** So many octets of Proxy-State attributes. */
const proxyStates = (count: number): RawAttribute[] =>
  Array.from({ length: count }, () => attribute(Type.proxyState, Buffer.alloc(253, 1)));

const stateOf = (packet: RawPacket): Buffer => valuesOfType(packet, Type.state)[0] ?? Buffer.alloc(0);

describe('login: what does not fit a reply', () => {
  const stored = sharedStore();
  let scene: IntakeScene;
  beforeEach(async () => (scene = await IntakeScene.open(stored.scratch)));
  afterEach(() => scene.close());

  it('is refused before a code is asked, and log and audit say so', async () => {
    scene.primary.answers(() => provenAsAsked(granted(4_059)));
    expect((await scene.ask()).code).to.equal(Code.accessReject);
    expect(scene.logged({ verdict: 'reject', reason: 'reply-too-long' })).to.have.length(1);
    expect(scene.logged({ verdict: 'accept' })).to.deep.equal([]);
    expect(await scene.audited()).to.deep.equal(['reject reply-too-long']);
  });

  it('and to the last octet what fits is granted', async () => {
    scene.primary.answers(() => provenAsAsked(granted(4_058)));
    const accepted = await scene.ask({ state: stateOf(await scene.ask()), password: scene.code() });
    expect(accepted.code).to.equal(Code.accessAccept);
    expect(valuesOfType(accepted, 25)).to.have.length(16);
  });

  it('but for the longer Proxy-State of the answer keeps the code: it is right at the next login', async () => {
    scene.primary.answers(() => provenAsAsked(granted(3_000)));
    const state = stateOf(await scene.ask());
    const refused = await scene.ask({ state, password: scene.code(), attributes: proxyStates(10) });
    expect(refused.code).to.equal(Code.accessReject);
    const accepted = await scene.ask({ state: stateOf(await scene.ask()), password: scene.code() });
    expect(accepted.code).to.equal(Code.accessAccept);
    expect(await scene.audited()).to.deep.equal(['reject reply-too-long', 'accept accepted']);
  });

  it("of an upstream's question ends the login, rather than to ask half of it", async () => {
    scene.primary.answers(() => challengedWith(granted(4_041)));
    expect((await scene.ask()).code).to.equal(Code.accessReject);
    expect(await scene.audited()).to.deep.equal(['reject reply-too-long']);
    scene.primary.answers(() => challengedWith(granted(4_040)));
    expect((await scene.ask()).code).to.equal(Code.accessChallenge);
  });

  it("of an upstream's Reject is left out: it stays a Reject, for the same reason", async () => {
    const relayed: Granted[] = Array.from({ length: 17 }, () => ({
      kind: 'plain',
      type: 79,
      value: Buffer.alloc(253),
    }));
    scene.primary.answers(() => ({ kind: 'bad', relayed }));
    expect((await scene.ask()).code).to.equal(Code.accessReject);
    expect(await scene.audited()).to.deep.equal(['reject upstream-rejected']);
  });
});
