import { integer, integerOrNull, octetsOrNull, text, textOrNull } from './row.ts';
import type { Sql } from './sql.ts';
import type { TransactionContext } from './store.ts';

/** Ends all that is remembered of a user: the next login of every device is asked again. */
export async function forgetRemembered(sql: Sql, userId: string): Promise<void> {
  await sql.run('DELETE FROM remembered WHERE user_id = ?', userId);
}

/**
 * A keyed digest of all that a user can prove himself with, so that whatever changes of it, by whichever way, ends what was remembered before. undefined for
 * a user who is removed or disabled.
 */
export async function factorsDigest({ sql, seal }: TransactionContext, userId: string): Promise<Buffer | undefined> {
  const user = await sql.get('SELECT password, phone, email, disabled FROM users WHERE id = ?', userId);
  if (!user || integer(user, 'disabled') !== 0) return undefined;
  const tokens = await sql.all(
    'SELECT id, state, digits, pin, valid_from, valid_until FROM tokens WHERE user_id = ? ORDER BY id',
    userId,
  );
  const recovery = await sql.get(
    'SELECT count(*) AS codes, max(created_at) AS made FROM recovery_codes WHERE user_id = ?',
    userId,
  );
  const devices = await sql.all('SELECT id FROM devices WHERE user_id = ? ORDER BY id', userId);
  const facts = [
    ...['password', 'phone', 'email'].map((column) => textOrNull(user, column)),
    tokens.map((token) => [
      text(token, 'id'),
      text(token, 'state'),
      integer(token, 'digits'),
      octetsOrNull(token, 'pin')?.toString('hex') ?? null,
      integerOrNull(token, 'valid_from'),
      integerOrNull(token, 'valid_until'),
    ]),
    recovery && [integer(recovery, 'codes'), integerOrNull(recovery, 'made')],
    ...devices.map((device) => text(device, 'id')),
  ];
  return seal.digest(Buffer.from(JSON.stringify(facts)), `remembered-factors:${userId}`);
}
