import { expect } from 'chai';
import { encodeVerdict, replyRandom, type Answerable } from '../../../src/login/reply.ts';
import { decodeAccessRequest } from '../../../src/packet/access-request.ts';
import type { Granted } from '../../../src/packet/granted.ts';
import { parsePacket } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { nasSecret } from '../../support/a-nas.ts';
import {
  accessRequest,
  attribute,
  Code,
  Type,
  valuesOfType,
  vendorAttribute,
  verifySignedReply,
  type RawAttribute,
  type RawPacket,
} from '../../peer/packet-bytes.ts';

const secret = new SharedSecret(Buffer.from(nasSecret));
const random = Buffer.alloc(replyRandom, 0x80);
const plain = (type: number, value: string | Buffer): Granted => ({ kind: 'plain', type, value: Buffer.from(value) });
const vendor = (number: number, type: number, value: string): Granted => ({
  kind: 'plain',
  ...vendorAttribute(number, type, value),
});

/** The reply that a device reads, both authenticators checked. */
function answer(
  verdict: Answerable,
  attributes: readonly RawAttribute[] = [],
  password: string | null = 'x',
): RawPacket {
  const credential = password === null ? {} : { password };
  const request = accessRequest({ identifier: 44, secret: nasSecret, user: 'alice', ...credential, attributes });
  return verifySignedReply(
    encodeVerdict(verdict, decodeAccessRequest(parsePacket(request), secret), secret, random),
    request,
    nasSecret,
  );
}

const shown = ({ attributes }: RawPacket): [number, string][] =>
  attributes.slice(1).map(({ type, value }) => [type, value.toString('latin1')]);

describe('login/reply', () => {
  it('an Accept carries what was granted, byte-exact and in order', () => {
    const granted = [
      plain(25, Buffer.of(0, 255)),
      vendor(9, 1, 'shell:priv-lvl=15'),
      plain(8, Buffer.of(10, 0, 0, 1)),
      plain(25, 'two'),
    ];
    const packet = answer({ kind: 'accept', outcome: 'accepted', granted });
    expect(packet).to.include({ code: Code.accessAccept, identifier: 44 });
    expect(shown(packet)).to.deep.equal([
      [25, '\0\xff'],
      [26, vendorAttribute(9, 1, 'shell:priv-lvl=15').value.toString('latin1')],
      [8, '\n\0\0\x01'],
      [25, 'two'],
    ]);
  });

  it('a Challenge carries its prompt and State', () => {
    const state = Buffer.alloc(16, 0xee);
    const packet = answer({ kind: 'challenge', outcome: 'code-asked', text: 'Enter your code: ', relayed: [], state });
    expect(packet.code).to.equal(Code.accessChallenge);
    expect(shown(packet)).to.deep.equal([
      [Type.replyMessage, 'Enter your code: '],
      [Type.state, state.toString('latin1')],
    ]);
  });

  it('a Reject carries its text and nothing else', () => {
    const packet = answer({ kind: 'reject', outcome: 'locked', relayed: [], text: 'No.' });
    expect(packet.code).to.equal(Code.accessReject);
    expect(shown(packet)).to.deep.equal([[Type.replyMessage, 'No.']]);
  });

  it("an upstream's Reject is stripped to what a Reject may carry (RFC 2865 section 5.44)", () => {
    const relayed = [
      plain(25, 'class'),
      plain(18, 'Your password has expired.'),
      plain(8, Buffer.of(10, 0, 0, 1)),
      plain(24, 'state'),
      plain(79, Buffer.of(4, 1, 0, 4)),
      plain(75, Buffer.of(0, 0, 0, 1)),
      plain(101, Buffer.of(0, 0, 1, 0xf9)),
      vendor(311, 2, 'E=691 R=1'),
      vendor(311, 26, 'S=0123'),
      vendor(9, 2, 'E=691'),
      plain(18, 'And more.'),
      { kind: 'mppe-key', type: 16, value: Buffer.alloc(16) } as const,
      { kind: 'tunnel-password', tag: 0, value: Buffer.from('x') } as const,
    ];
    const packet = answer({ kind: 'reject', outcome: 'upstream-rejected', relayed, text: null });
    expect(packet.attributes.slice(1).map(({ type }) => type)).to.deep.equal([18, 79, 75, 101, 26, 18]);
    expect(valuesOfType(packet, 26)).to.deep.equal([vendorAttribute(311, 2, 'E=691 R=1').value]);
  });

  describe("a Reject tells the user's own machine, in the protocol that it speaks", () => {
    const no: Answerable = { kind: 'reject', outcome: 'locked', relayed: [], text: 'No.' };
    const eap = attribute(79, Buffer.of(2, 9, 0, 5, 1));
    const challenge = (octets: number): RawAttribute => vendorAttribute(311, 11, Buffer.alloc(octets, 7));
    const response = (type: number): RawAttribute => vendorAttribute(311, type, Buffer.alloc(50, 5));

    it('EAP: a Failure with the identifier of the response (RFC 3748 section 4.2)', () => {
      expect(valuesOfType(answer(no, [eap], null), 79)).to.deep.equal([Buffer.of(4, 9, 0, 4)]);
    });

    it('EAP-Start has no identifier: RFC 3579 section 2.1', () => {
      expect(valuesOfType(answer(no, [attribute(79, '')], null), 79)).to.deep.equal([Buffer.of(4, 0, 0, 4)]);
    });

    it("EAP: the upstream's own Failure is the only one", () => {
      const relayed = [plain(79, Buffer.of(4, 8, 0, 4))];
      const packet = answer({ kind: 'reject', outcome: 'upstream-rejected', relayed, text: null }, [eap], null);
      expect(valuesOfType(packet, 79)).to.deep.equal([Buffer.of(4, 8, 0, 4)]);
    });

    it('MS-CHAPv2: an error with a challenge of 32 digits, and no retry (RFC 2759 section 6)', () => {
      const packet = answer(no, [challenge(16), response(25)], null);
      const text = `\x05E=691 R=0 C=${'80'.repeat(16)} V=3 M=Login failed`;
      expect(valuesOfType(packet, 26)).to.deep.equal([vendorAttribute(311, 2, text).value]);
    });

    it('MS-CHAPv1: an error without a challenge (RFC 2433 section 5)', () => {
      const packet = answer(no, [challenge(8), response(1)], null);
      expect(valuesOfType(packet, 26)).to.deep.equal([vendorAttribute(311, 2, '\x05E=691 R=0 V=2').value]);
    });

    it('a change of password: that it was not changed, under the identifier of its request', () => {
      const packet = answer(no, [vendorAttribute(311, 27, Buffer.from([7, 3, ...Buffer.alloc(66)]))], null);
      const text = `\x03E=709 R=0 C=${'80'.repeat(16)} V=3 M=Login failed`;
      expect(valuesOfType(packet, 26)).to.deep.equal([vendorAttribute(311, 2, text).value]);
    });

    it("MS-CHAP: the upstream's own error is the only one", () => {
      const relayed = [vendor(311, 2, '\x05E=648 R=0 V=3')];
      const verdict: Answerable = { kind: 'reject', outcome: 'upstream-rejected', relayed, text: null };
      const packet = answer(verdict, [challenge(16), response(25)], null);
      expect(valuesOfType(packet, 26)).to.deep.equal([vendorAttribute(311, 2, '\x05E=648 R=0 V=3').value]);
    });

    it('PAP and CHAP: there is nothing to be told in', () => {
      for (const packet of [answer(no), answer(no, [attribute(3, Buffer.alloc(17))], null)])
        expect(shown(packet)).to.deep.equal([[Type.replyMessage, 'No.']]);
    });
  });

  it("a Challenge of the upstream's passes as it is, under a State of ours", () => {
    const relayed = [plain(18, 'Token: '), plain(79, Buffer.of(1, 2, 0, 4)), plain(27, Buffer.of(0, 0, 0, 60))];
    const state = Buffer.alloc(16, 0xee);
    const packet = answer({ kind: 'challenge', outcome: 'upstream-asked', text: null, relayed, state });
    expect(shown(packet).map(([type]) => type)).to.deep.equal([18, 79, 27, Type.state]);
  });

  it('a text over 253 octets is split between characters, and comes together again', () => {
    const text = 'Der Schl\u00fcssel f\u00fcr \u20ac \u{1f511} '.repeat(25);
    for (const verdict of [
      { kind: 'reject', outcome: 'locked', relayed: [], text },
      { kind: 'challenge', outcome: 'code-asked', text, relayed: [], state: Buffer.alloc(16) },
    ] as const) {
      const pieces = valuesOfType(answer(verdict), Type.replyMessage);
      expect(pieces.length).to.be.above(2);
      const utf8 = new TextDecoder('utf-8', { fatal: true });
      expect(pieces.map((piece) => utf8.decode(piece)).join('')).to.equal(text);
    }
  });

  it("the client's Proxy-States come last, in their order, in every reply", () => {
    const states = ['first', 'second', 'first'].map((state) => attribute(Type.proxyState, state));
    for (const verdict of [
      { kind: 'accept', outcome: 'accepted', granted: [plain(25, 'class')] },
      { kind: 'reject', outcome: 'locked', relayed: [], text: 'No.' },
      { kind: 'challenge', outcome: 'code-asked', text: 'Code: ', relayed: [], state: Buffer.alloc(16) },
    ] as const)
      expect(shown(answer(verdict, states)).slice(-3)).to.deep.equal([
        [33, 'first'],
        [33, 'second'],
        [33, 'first'],
      ]);
  });

  describe('never over 4096 octets', () => {
    const filler = (count: number): Granted[] => Array.from({ length: count }, () => plain(25, Buffer.alloc(253)));
    const told = plain(18, 'x'.repeat(253));

    it('an Accept that fits keeps its Reply-Messages', () => {
      const packet = answer({ kind: 'accept', outcome: 'accepted', granted: [told, ...filler(14)] });
      expect(packet.bytes.length).to.equal(20 + 18 + 15 * 255);
      expect(valuesOfType(packet, 18)).to.have.length(1);
    });

    it('an Accept that does not fit leaves its Reply-Messages out, which only inform', () => {
      const packet = answer({ kind: 'accept', outcome: 'accepted', granted: [told, ...filler(14), told] });
      expect(valuesOfType(packet, 18)).to.deep.equal([]);
      expect(valuesOfType(packet, 25)).to.have.length(14);
    });

    it('the Proxy-States count', () => {
      const state = attribute(Type.proxyState, Buffer.alloc(253));
      const packet = answer({ kind: 'accept', outcome: 'accepted', granted: [told, ...filler(14)] }, [state]);
      expect(valuesOfType(packet, 18)).to.deep.equal([]);
      expect(valuesOfType(packet, 33)).to.have.length(1);
    });

    it('a Reject that does not fit leaves its Reply-Messages out too', () => {
      const states = [...Array.from({ length: 15 }, () => Buffer.alloc(253)), Buffer.alloc(150)];
      const packet = answer(
        { kind: 'reject', outcome: 'locked', relayed: [plain(101, Buffer.alloc(4))], text: 'x'.repeat(100) },
        states.map((state) => attribute(Type.proxyState, state)),
      );
      expect(packet.attributes.map(({ type }) => type)).to.deep.equal([80, 101, ...states.map(() => 33)]);
    });

    it('what does not fit even so is an error that the caller answers', () => {
      expect(() => answer({ kind: 'accept', outcome: 'accepted', granted: filler(16) })).to.throw(RangeError);
    });
  });
});
