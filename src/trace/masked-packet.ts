import { codeName } from '../packet/code-name.ts';
import { Type } from '../packet/constants.ts';
import { describeAttribute, type Described } from '../packet/describe-attribute.ts';
import type { Attribute, Packet } from '../packet/packet.ts';
import type { TracedPacket } from './trace-event.ts';

const mask = '******';
/** An escape of `printable`, which stays, or digits that may be a code, also in groups. */
const digits = /\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}|\p{Nd}(?:[ .-]?\p{Nd})+/gu;

/**
 * A packet for the eyes of an operator: what `describeAttribute` masks, and beside it Message-Authenticator, radgate's own Proxy-State, and what may be a
 * code in a text to the user. @param mark as loadProxyMark gives it
 */
export function maskedPacket({ code, identifier, bytes, attributes }: Packet, mark: Buffer): TracedPacket {
  return {
    code: codeName(code),
    id: identifier,
    octets: bytes.length,
    attributes: attributes.flatMap((attribute) => masked(attribute, mark)),
  };
}

function masked(attribute: Attribute, mark: Buffer): Described[] {
  const { type, value } = attribute;
  const described = describeAttribute(attribute);
  if (type === Type.messageAuthenticator || (type === Type.proxyState && value.equals(mark)))
    return described.map(({ name }) => ({ name, value: mask }));
  if (type !== Type.replyMessage) return described;
  return described.map(({ name, value: shown }) => ({
    name,
    value: shown.replace(digits, (found) => (found.startsWith('\\') ? found : mask)),
  }));
}
