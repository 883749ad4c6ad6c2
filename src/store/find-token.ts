import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from './named-user.ts';
import type { Transaction } from './store.ts';
import { summaryQuery, tokenSummary, tokensOf, type TokenSummary } from './tokens.ts';

export interface TokenWords {
  /** A serial number, or a user. */
  readonly word: string;
  /** The word as a user's name; null if it can't be one. */
  readonly user: FoldedName | null;
  /** Which of the user's; null if that is not said. */
  readonly name: string | null;
}

/**
 * The one token that an administrator means: by serial number, by user and name, or by user if there is only one.
 * @throws OperatorError 'not-found' or 'usage' that says what there is
 */
export const findToken: Transaction<TokenWords, TokenSummary> = {
  name: 'find-token',
  access: 'read',
  run: async ({ sql }, { word, user, name }) => {
    const row = name === null ? await sql.get(`${summaryQuery} WHERE tokens.serial = ?`, word) : undefined;
    const bySerial = row && tokenSummary(row);
    if (!user) {
      if (bySerial) return bySerial;
      throw new OperatorError('not-found', `there is no token with the serial number "${word}"`);
    }
    const named = await userNamed(sql, user).catch((error: unknown) => {
      if (bySerial) return undefined;
      const [first] = error instanceof OperatorError ? [error] : [];
      if (!first) throw error;
      throw new OperatorError(first.code, `${first.message}, and no token with this serial number`);
    });
    const tokens = named ? await tokensOf(sql, named.id) : [];
    if (bySerial) {
      const isAlsoUser = tokens.some(({ id }) => id !== bySerial.id);
      if (!isAlsoUser) return bySerial;
      throw new OperatorError('usage', `"${word}" is a serial number and a user with tokens; say USER and NAME`);
    }
    const names = tokens.map((token) => `"${token.name}"`).join(', ');
    if (tokens.length === 0) throw new OperatorError('not-found', `"${named?.name}" has no tokens`);
    const [first, second] = name === null ? tokens : tokens.filter((token) => token.name === name);
    if (first && second) throw new OperatorError('usage', `"${named?.name}" has several tokens; say which: ${names}`);
    if (!first) throw new OperatorError('not-found', `"${named?.name}" has no token of that name, only ${names}`);
    return first;
  },
};
