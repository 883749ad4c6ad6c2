/** The octets of a base64 text with blanks anywhere: RFC 4648 §4, xs:base64Binary. @returns undefined if it isn't base64 */
export function fromBase64(text: string): Buffer | undefined {
  const letters = text.replaceAll(/\s/g, '');
  return letters.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(letters)
    ? Buffer.from(letters, 'base64')
    : undefined;
}
