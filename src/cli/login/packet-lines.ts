import { Code } from '../../packet/constants.ts';
import { describeAttribute } from '../../packet/describe-attribute.ts';
import type { Attribute, Packet } from '../../packet/packet.ts';

const names: Readonly<Record<number, string>> = {
  [Code.accessRequest]: 'Access-Request',
  [Code.accessAccept]: 'Access-Accept',
  [Code.accessReject]: 'Access-Reject',
  [Code.accessChallenge]: 'Access-Challenge',
};

function codeName(code: number): string {
  return names[code] ?? `code ${code}`;
}

/** A packet as lines for people: a headline, then its attributes in their order, secrets masked. @param way such as "to 127.0.0.1:1812" */
export function packetLines(packet: Packet, way: string): string[] {
  const { code, identifier, bytes, attributes } = packet;
  return [`${codeName(code)} ${way} (id ${identifier}, ${bytes.length} octets)`, ...attributeLines(attributes)];
}

/** A line for each attribute. */
export function attributeLines(attributes: readonly Attribute[]): string[] {
  return attributes.flatMap(describeAttribute).map(({ name, value }) => `  ${name} = ${value}`);
}
