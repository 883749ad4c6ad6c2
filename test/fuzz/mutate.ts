import { createHmac } from 'node:crypto';
import { attributeBytes, type RawAttribute } from '../peer/packet-bytes.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A packet before it is written; `attributes` without Message-Authenticator. */
export interface Draft {
  readonly code: number;
  readonly identifier: number;
  readonly authenticator: Buffer;
  readonly attributes: readonly RawAttribute[];
}

/** Types that are read, sizes that are bounds. */
const types = [0, 1, 2, 3, 4, 18, 24, 26, 31, 33, 60, 69, 70, 79, 80, 95, 200, 255];
const sizes = [0, 1, 2, 4, 15, 16, 17, 32, 128, 129, 252, 253];

/** Changes whole attributes: what comes out still is a packet, mostly. */
function mutateAttributes(attributes: readonly RawAttribute[], random: SeededRandom): RawAttribute[] {
  const changed = [...attributes];
  const at = random.integer(changed.length + 1);
  const one = changed[at];
  switch (random.integer(7)) {
    case 0:
      changed.splice(at, 0, { type: random.pick(types), value: random.octets(random.pick(sizes)) });
      break;
    case 1:
      if (one) changed.splice(at, 0, one);
      break;
    case 2:
      changed.splice(at, 1);
      break;
    case 3:
      if (one) changed[at] = { type: random.pick(types), value: one.value };
      break;
    case 4:
      if (one) changed[at] = { type: one.type, value: random.octets(random.pick(sizes)) };
      break;
    case 5:
      if (one) changed.push(...changed.splice(at, 1));
      break;
    default:
      if (one) changed[at] = { type: one.type, value: mutateOctets(one.value, random).subarray(0, 253) };
  }
  return changed;
}

/** Changes octets wherever they stand: what comes out is seldom a packet. */
function mutateOctets(octets: Buffer, random: SeededRandom): Buffer {
  const changed = Buffer.from(octets);
  const at = random.integer(changed.length + 1);
  switch (random.integer(6)) {
    case 0:
      return changed.subarray(0, at);
    case 1:
      return Buffer.concat([changed.subarray(0, at), random.octets(1 + random.integer(40)), changed.subarray(at)]);
    case 2:
      return Buffer.concat([changed.subarray(0, at), changed.subarray(at + 1 + random.integer(8))]);
    case 3:
      changed.fill(0xff, at, Math.min(changed.length, at + 1 + random.integer(16)));
      return changed;
    default:
      for (let i = 0; i <= random.integer(4); i++)
        if (changed.length > 0) changed[random.integer(changed.length)] = random.integer(256);
      return changed;
  }
}

function write({ code, identifier, authenticator }: Draft, body: Buffer, secret: string): Buffer {
  const packet = Buffer.concat([
    Buffer.of(code, identifier, 0, 0),
    authenticator,
    Buffer.of(80, 18),
    Buffer.alloc(16),
    body,
  ]);
  packet.writeUInt16BE(Math.min(packet.length, 0xffff), 2);
  createHmac('md5', secret).update(packet).digest().copy(packet, 22);
  return packet;
}

/**
 * A datagram made from a valid packet by one to four changes. Re-signed, its Message-Authenticator and Length are right for what was
 * changed; else anything may be wrong with it, the changes included that leave it valid.
 */
export function mutated(draft: Draft, random: SeededRandom, secret: string, resigned: boolean): Buffer {
  let attributes = draft.attributes;
  for (let i = random.integer(4); i >= 0; i--) attributes = mutateAttributes(attributes, random);
  const head = {
    ...draft,
    identifier: random.integer(256),
    authenticator: random.octets(16),
    code: random.integer(20) === 0 ? random.integer(256) : draft.code,
  };
  if (!resigned) return mutateOctets(write(head, attributeBytes(attributes), secret), random);
  const body = attributeBytes(attributes);
  return write(head, random.integer(4) === 0 ? mutateOctets(body, random) : body, secret);
}
