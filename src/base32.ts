const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Octets as base32 without padding: RFC 4648 §6. */
export function base32(octets: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const octet of octets) {
    held = ((held << 8) | octet) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 0x1f];
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 0x1f];
}

/**
 * The octets of a base32 text: RFC 4648 §6, in any case, with blanks or hyphens between groups, padded or not. Bits left over are ignored: some
 * services make up keys of random letters.
 * @returns undefined if it isn't base32
 */
export function fromBase32(text: string): Buffer | undefined {
  const letters = text
    .replaceAll(/[\s-]/g, '')
    .replace(/={1,6}$/, '')
    .toUpperCase();
  // One, three and six letters over are no whole number of octets.
  if (!/^[A-Z2-7]*$/.test(letters) || [1, 3, 6].includes(letters.length % 8)) return undefined;
  const octets: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of letters) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    octets.push((held >> bits) & 0xff);
  }
  return Buffer.from(octets);
}

/** In groups of four, to be read and typed. */
export function grouped(text: string): string {
  return text.replaceAll(/.{4}(?=.)/g, '$& ');
}
