/** One text message as it travels. */
export interface Segment {
  /** Header and text. */
  readonly octets: Buffer;
  /** Whether it begins with a user data header: 3GPP TS 23.040 §9.2.3.23. */
  readonly hasHeader: boolean;
}

export interface ShortMessages {
  /** `data_coding` of SMPP 3.4 §5.2.19: 0 for the default alphabet, 8 for UCS-2. */
  readonly coding: 0 | 8;
  readonly segments: readonly Segment[];
}

/** The default alphabet of 3GPP TS 23.038 §6.2.1, by code; 0x1b leads to the extension. */
const alphabet = `@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà`;
/** The extension of §6.2.1.1: two septets each. */
const extension: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};
const escape = 0x1b;

const codes = new Map(Array.from(alphabet, (character, code) => [character, code]));
codes.delete('\u001b');

/** Septets of one message, and of each part of a long one behind its header of 6 octets; octets of UCS-2 likewise. */
const whole = { gsm: 160, ucs: 140 };
const part = { gsm: 153, ucs: 134 };
/** A header counts parts in one octet. */
const mostParts = 255;

/**
 * A text as one message, or as several that the phone puts together: 3GPP TS 23.040 §9.2.3.24.1. A septet is an octet each, as SMPP carries the
 * default alphabet.
 * @param reference 0 to 255, the same for all parts and another for the next message
 * @throws RangeError if it is over 255 parts
 */
export function shortMessages(text: string, reference: number): ShortMessages {
  const gsm = Array.from(text, septets);
  const isGsm = gsm.every((octets) => octets !== undefined);
  // UCS-2 has no surrogates of its own, yet every phone takes UTF-16 for it; a pair stays together.
  const units = isGsm ? gsm : Array.from(text, (character) => Buffer.from(character, 'utf16le').swap16());
  const kind = isGsm ? 'gsm' : 'ucs';
  const coding = isGsm ? 0 : 8;
  const all = Buffer.concat(units);
  if (all.length <= whole[kind]) return { coding, segments: [{ octets: all, hasHeader: false }] };
  const parts = cut(units, part[kind]);
  if (parts.length > mostParts) throw new RangeError('the text is too long');
  const segments = parts.map((octets, i): Segment => {
    const header = Buffer.of(5, 0, 3, reference, parts.length, i + 1);
    return { octets: Buffer.concat([header, octets]), hasHeader: true };
  });
  return { coding, segments };
}

function septets(character: string): Buffer | undefined {
  const code = codes.get(character);
  if (code !== undefined) return Buffer.of(code);
  const extended = extension[character];
  return extended === undefined ? undefined : Buffer.of(escape, extended);
}

/** Cuts between characters, never within one. */
function cut(units: readonly Buffer[], room: number): Buffer[] {
  const parts: Buffer[][] = [];
  let left = 0;
  for (const unit of units) {
    if (unit.length > left) {
      parts.push([]);
      left = room;
    }
    parts.at(-1)?.push(unit);
    left -= unit.length;
  }
  return parts.map((some) => Buffer.concat(some));
}
