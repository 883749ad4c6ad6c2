import { foldUserName } from '../../policy/user-name.ts';
import { findToken } from '../../store/find-token.ts';
import type { Store } from '../../store/store.ts';
import type { TokenSummary } from '../../store/tokens.ts';

/** How help names the two arguments by which a command finds a token. */
export const tokenWords = {
  token: ['<token>', 'serial number; or a user, found as a login finds it'],
  name: ['[name]', "which of the user's tokens; not needed if there is only one"],
} as const;

/** The token that the arguments of a command mean. @throws OperatorError 'not-found' or 'usage' that says what there is */
export function chosenToken(store: Store, word: string, name: string | undefined): Promise<TokenSummary> {
  const serial = word.trim();
  return store.run(findToken, {
    word: serial,
    user: foldUserName(word) ?? null,
    name: name === undefined ? null : name.normalize('NFC').trim(),
  });
}

/** A token in a sentence: `the token "totp" of "alice"`, `the token 00123, which is nobody's`. */
export function tokenPhrase({ name, serial, user }: TokenSummary): string {
  if (user === null) return `the token ${serial ?? `"${name}"`}, which is nobody's`;
  const number = serial === null || serial === name ? '' : ` (${serial})`;
  return `the token "${name}"${number} of "${user}"`;
}
