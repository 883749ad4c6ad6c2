/** An attribute of a distinguished name: `type=value`, up to a comma, plus or semicolon that is not escaped (RFC 4514 §3). */
const attributeForm = /\s*([A-Za-z][A-Za-z0-9.-]*)\s*=((?:\\.|[^\\,+;])*)(?:[,+;]|$)/y;

/**
 * The user that a UserId means: RFC 6030 §4.3.3 has it as a distinguished name, of which the UID is a login name; others write just that.
 * @returns undefined if it is a distinguished name without a UID
 */
export function userOfDn(userId: string): string | undefined {
  const attributes = distinguishedName(userId);
  if (!attributes) return userId;
  return attributes.find(([type]) => type.toLowerCase() === 'uid')?.[1];
}

/** @returns undefined if it is no distinguished name */
function distinguishedName(text: string): readonly (readonly [string, string])[] | undefined {
  const attributes: [string, string][] = [];
  for (let at = 0; at < text.length; at = attributeForm.lastIndex) {
    attributeForm.lastIndex = at;
    const [, type = '', value = ''] = attributeForm.exec(text) ?? [];
    if (type === '') return undefined;
    attributes.push([type, unescaped(value).trim()]);
  }
  return attributes;
}

/** RFC 4514 §2.4: a backslash before a character, or before two hexadecimal digits for an octet. */
function unescaped(value: string): string {
  return value.replaceAll(/(?:\\[0-9a-f]{2})+|\\(.)/gi, (escaped: string, character: string | undefined) =>
    character === undefined ? Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString('utf8') : character,
  );
}
