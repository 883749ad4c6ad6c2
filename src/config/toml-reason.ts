/** What smol-toml says, and what an administrator should read; the first that fits. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/numeric|underscore|leading zero/, 'this is not a number; text must be in quotes: key = "text"'],
  [/^invalid date/, 'this is not a date; text must be in quotes: key = "text"'],
  [/^invalid value/, 'a value is missing here, or is text without quotes: key = "text"'],
  [/losslessly/, 'this number is too large'],
  [
    /redefine/,
    'this name was given before; of [[client]], [[primary]] and their like there may be several, of the rest one',
  ],
  [/not allowed in strings/, 'the closing quote is missing on this line, or a control character is in the text'],
  [/^unfinished string/, 'the closing quote of this text is missing'],
  [/not allowed in comments/, 'a control character is in this comment'],
  [/escape/, 'a backslash in "..." must be doubled; in \'...\' it stands for itself'],
  [
    /end-of-line/,
    'only a comment may follow here: each option needs a line of its own, a quote in a text a backslash before it',
  ],
  [/^expected comma|^unfinished (array|table)/, 'a comma or the closing bracket is missing before this'],
  [/table array declaration/, 'the name of this section must end with "]]"'],
  [/cannot find end of key/, 'a "=" is missing after this name: key = value'],
  [/^illegal character in key/, '"=" or "]" is missing before this, or this character cannot be in a name'],
  [/end of key|empty bare key/, 'a name is missing here'],
  [/multiline strings|unsafe property/, 'this cannot be a name'],
  [/nested/, 'too many brackets are inside each other'],
];

/**
 * Says in an administrator's words what is wrong with the syntax of a config.
 * @param said the first line of smol-toml's message: what follows it quotes the file, secrets and all
 */
export function tomlReason(said: string): string {
  const reason = said.replace(/^Invalid TOML document: /, '');
  return reasons.find(([pattern]) => pattern.test(reason))?.[1] ?? reason;
}
