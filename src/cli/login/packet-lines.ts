import { codeName } from '../../packet/code-name.ts';
import { describeAttribute, type Described } from '../../packet/describe-attribute.ts';
import type { Attribute, Packet } from '../../packet/packet.ts';

/** A packet as lines for people: a headline, then its attributes in their order, secrets masked. @param way such as "to 127.0.0.1:1812" */
export function packetLines(packet: Packet, way: string): string[] {
  const { code, identifier, bytes, attributes } = packet;
  return [`${codeName(code)} ${way} (id ${identifier}, ${bytes.length} octets)`, ...attributeLines(attributes)];
}

/** A line for each attribute. */
export function attributeLines(attributes: readonly Attribute[]): string[] {
  return describedLines(attributes.flatMap(describeAttribute));
}

/** The same of those that are described already. */
export function describedLines(attributes: readonly Described[]): string[] {
  return attributes.map(({ name, value }) => `  ${name} = ${value}`);
}
