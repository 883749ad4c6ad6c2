import { OperatorError } from '../errors.ts';
import { firstFree } from './first-free.ts';
import type { NamedUser } from './named-user.ts';
import { octets, text } from './row.ts';
import type { TransactionContext } from './store.ts';
import { tokenOwner } from './token-owner.ts';

/** Tokens of one user at most: each right guess at any of them counts, and each is compared at every answer. */
const maxTokens = 20;

export interface NameWish {
  /** Unique among the user's; null leaves the choice. */
  readonly name: string | null;
  /** What it is called if nothing was said: the first that is free of "totp", "totp-2" and so on. */
  readonly fallback: string;
  readonly key: Buffer;
}

/**
 * The name that a token gets as one more of a user's, who is held until the commit.
 * @throws OperatorError 'exists' if the user has a token of this name or key, 'refused' if the user has the most tokens there can be
 */
export async function newTokenName(
  context: TransactionContext,
  user: NamedUser,
  { name, fallback, key }: NameWish,
): Promise<string> {
  // Whoever adds another one at the same time waits here, where the database lets writers run side by side.
  await context.sql.run('UPDATE users SET name = name WHERE id = ?', user.id);
  const taken = await takenBy(context, user.id);
  const refusal = refusalOf(user.name, taken, { name, key });
  if (refusal) throw new OperatorError(...refusal);
  return name ?? firstFree(new Set(taken.map((token) => token.name)), fallback, '-');
}

/** What a token takes from all others of its user. */
export interface Taken {
  readonly name: string;
  readonly key: Buffer;
}

/** What the tokens of a user take. */
export async function takenBy({ sql, seal }: TransactionContext, userId: string): Promise<Taken[]> {
  const tokens = await sql.all('SELECT id, name, secret FROM tokens WHERE user_id = ?', userId);
  return tokens.map((token) => {
    const id = text(token, 'id');
    return { name: text(token, 'name'), key: seal.open(octets(token, 'secret'), tokenOwner(id)) };
  });
}

/** What a user has already, and what it would not go with. */
export function refusalOf(
  user: string,
  taken: readonly Taken[],
  { name, key }: { readonly name: string | null; readonly key: Buffer },
): ['refused' | 'exists', string] | undefined {
  if (taken.length >= maxTokens) return ['refused', `"${user}" has ${maxTokens} tokens already, the most there can be`];
  const twin = taken.find((token) => token.key.equals(key));
  if (twin) return ['exists', `"${user}" has this key already, in the token "${twin.name}"`];
  if (taken.some((token) => token.name === name)) return ['exists', `"${user}" has a token "${name}" already`];
  return undefined;
}
