import { randomBytes, webcrypto } from 'node:crypto';
import { expect } from 'chai';
import { deviceKeyOf } from '../../../src/device/signature.ts';
import { isSignedBy, type SignedDecision } from '../../../src/device/signed-decision.ts';
import { octetsOf } from '../../support/octets-of-decision.ts';

const decision: SignedDecision = {
  approval: 'a1',
  device: 'd1',
  decision: 'approve',
  number: '42',
  application: 'VPN "Paris"',
  place: '192.0.2.7, Zürich',
  startedAt: Date.UTC(2024, 0, 1, 12),
  nonce: 'n1',
};

// What the page does, by the same interface that browsers have.
const { subtle } = webcrypto;
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

class Phone {
  readonly #pair: webcrypto.CryptoKeyPair;
  readonly point: Buffer;

  private constructor(pair: webcrypto.CryptoKeyPair, point: Buffer) {
    this.#pair = pair;
    this.point = point;
  }

  static async make(): Promise<Phone> {
    const pair = await subtle.generateKey(ecdsa, false, ['sign', 'verify']);
    return new Phone(pair, Buffer.from(await subtle.exportKey('raw', pair.publicKey)));
  }

  async sign(octets: Buffer): Promise<Buffer> {
    return Buffer.from(await subtle.sign(ecdsa, this.#pair.privateKey, octets));
  }
}

function keyOf(point: Buffer) {
  const key = deviceKeyOf(point);
  if (key === undefined) throw new Error('no key');
  return key;
}

describe('device: signed decisions', () => {
  let phone: Phone;
  let signature: Buffer;
  before(async () => {
    phone = await Phone.make();
    signature = await phone.sign(octetsOf(decision));
  });

  it('hold as they were signed', () => {
    expect(isSignedBy(keyOf(phone.point), decision, signature)).to.equal(true);
  });

  it('hold for no field that is another', () => {
    const others: Partial<SignedDecision>[] = [
      { approval: 'a2' },
      { device: 'd2' },
      { decision: 'decline' },
      { decision: 'fraud' },
      { number: '24' },
      { number: '' },
      { application: 'VPN' },
      { place: '192.0.2.7' },
      { startedAt: decision.startedAt + 1 },
      { nonce: 'n2' },
    ];
    for (const other of others)
      expect(isSignedBy(keyOf(phone.point), { ...decision, ...other }, signature), JSON.stringify(other)).to.equal(
        false,
      );
  });

  it('are no others whose fields only run together alike', () => {
    const moved = { ...decision, application: `${decision.application}","192.0.2.7`, place: ', Zürich' };
    expect(isSignedBy(keyOf(phone.point), moved, signature)).to.equal(false);
    const beside = { ...decision, number: '4', application: `2${decision.application}` };
    expect(isSignedBy(keyOf(phone.point), beside, signature)).to.equal(false);
  });

  it('are not those of another phone', async () => {
    const other = await Phone.make();
    expect(isSignedBy(keyOf(other.point), decision, signature)).to.equal(false);
    expect(isSignedBy(keyOf(phone.point), decision, await other.sign(octetsOf(decision)))).to.equal(false);
  });

  it('are not signatures of another shape or zero', () => {
    for (const forged of [
      Buffer.alloc(0),
      Buffer.alloc(64),
      Buffer.alloc(64, 255),
      randomBytes(64),
      signature.subarray(1),
      Buffer.concat([signature, Buffer.alloc(1)]),
    ])
      expect(isSignedBy(keyOf(phone.point), decision, forged)).to.equal(false);
  });

  it('are by keys of P-256 only', () => {
    const off = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]);
    const compressed = Buffer.concat([Buffer.from([2]), phone.point.subarray(1, 33)]);
    for (const point of [Buffer.alloc(0), Buffer.alloc(65), off, compressed, phone.point.subarray(1)])
      expect(deviceKeyOf(point)).to.equal(undefined);
  });
});
