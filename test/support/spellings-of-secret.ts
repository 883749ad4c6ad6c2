/** How octets could be spelled in what a program prints: as they are, in hexadecimal, in both base64, as a list of numbers. */
export function spellingsOfSecret(secret: string | Buffer): string[] {
  const octets = Buffer.from(secret);
  const asText = typeof secret === 'string' ? [secret, secret.toUpperCase()] : [];
  const hex = octets.toString('hex');
  // In base64 it may stand at any of three places of a longer text: what of it is the same at each is looked for.
  const inBase64 = [0, 1, 2].map((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), octets])
      .toString('base64')
      .replaceAll('=', '');
    return padded.slice(before === 0 ? 0 : before + 1, -1);
  });
  const json = JSON.stringify([...octets]).slice(1, -1);
  return [...asText, hex, hex.toUpperCase(), ...inBase64, octets.toString('base64url'), json];
}
