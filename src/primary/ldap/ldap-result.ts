/** The tags of the answers that are read here: RFC 4511 §4.2.2 and §4.12. */
export const Answer = { bind: 0x61, extended: 0x78 } as const;

const sequence = 0x30;
const integer = 0x02;
const enumerated = 0x0a;

interface Element {
  readonly tag: number;
  readonly value: Buffer;
  /** The octets behind it. */
  readonly rest: Buffer;
}

/** @returns undefined while it isn't all there @throws RangeError if it is none: RFC 4511 §5.1 has definite lengths only */
function readElement(octets: Buffer): Element | undefined {
  const [tag, first] = octets;
  if (tag === undefined || first === undefined) return undefined;
  const long = first & 0x80 ? first & 0x7f : 0;
  if (first === 0x80 || long > 4) throw new RangeError('a length that LDAP does not have');
  if (octets.length < 2 + long) return undefined;
  const length = long === 0 ? first : octets.readUIntBE(2, long);
  const end = 2 + long + length;
  if (octets.length < end) return undefined;
  return { tag, value: octets.subarray(2 + long, end), rest: octets.subarray(end) };
}

/**
 * The result code of the one answer that these octets are. ldapts takes an answer without a result code, and one to another question, for a
 * success; whether a password was right hangs on this, so it is read here again.
 * @param octets all that came since the question was sent
 * @returns undefined while it isn't all there
 * @throws RangeError if it is something else, or more
 */
export function resultCodeOf(octets: Buffer, tag: number): number | undefined {
  const message = readElement(octets);
  if (!message) return undefined;
  const id = readElement(message.value);
  const answer = id && readElement(id.rest);
  const code = answer && readElement(answer.value);
  const isOne = message.tag === sequence && message.rest.length === 0 && id?.tag === integer && answer?.tag === tag;
  if (!isOne || code?.tag !== enumerated || code.value.length !== 1)
    throw new RangeError('not the answer that was due');
  return code.value.readUInt8();
}
