import { expect } from 'chai';
import * as fc from 'fast-check';
import { Size } from '../../../src/packet/constants.ts';
import { hide, lengthOnHop, type Granted } from '../../../src/packet/granted.ts';
import { packetLength } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';

const octets = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));

const one: fc.Arbitrary<Granted> = fc.oneof(
  fc.record({ kind: fc.constant('plain' as const), type: fc.constant(25), value: octets(253) }),
  fc.record({ kind: fc.constant('tunnel-password' as const), tag: fc.constant(1), value: octets(239) }),
  fc.record({ kind: fc.constant('mppe-key' as const), type: fc.constant(16), value: octets(239) }),
  fc.record({
    kind: fc.constant('chap-mppe-keys' as const),
    value: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
  }),
);

describe('packet/granted: lengthOnHop', () => {
  const hop = { secret: new SharedSecret(Buffer.from('0123456789abcdef')), requestAuthenticator: Buffer.alloc(16, 7) };

  it('is what they take in a packet', () => {
    fc.assert(
      fc.property(fc.array(one, { maxLength: 10 }), (granted) => {
        const measured = packetLength(hide(granted, hop, Buffer.alloc(2))) - Size.header;
        expect(lengthOnHop(granted)).to.equal(measured);
      }),
    );
  });
});
