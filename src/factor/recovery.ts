import type { Factor } from './factor.ts';

/** What a user's recovery codes are digested for. */
export function recoveryOwner(userId: string): string {
  return `recovery:${userId}`;
}

/** Letters and digits that aren't mistaken for each other (RFC 4648 §6): ten of them are 50 random bits. */
export const recoveryLength = 10;

/** Recovery codes: printed once, kept as keyed digests, each good for one login. */
export const recovery: Factor = {
  method: 'recovery',
  check: async ({ sql, seal }, { userId, octets, now }) => {
    const code = recoveryCode(octets.toString('utf8'));
    if (code === undefined) return { kind: 'wrong' };
    const digest = seal.digest(Buffer.from(code), recoveryOwner(userId));
    const used = await sql.run(
      'UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND digest = ? AND used_at IS NULL',
      now,
      userId,
      digest,
    );
    if (used === 1) return { kind: 'right' };
    const known = await sql.get('SELECT 1 FROM recovery_codes WHERE user_id = ? AND digest = ?', userId, digest);
    return { kind: known ? 'used' : 'wrong' };
  },
};

/** What was typed, as a recovery code: dashes, blanks and case don't matter. Undefined if it can't be one. */
export function recoveryCode(typed: string): string | undefined {
  const code = typed.replaceAll(/[-\s]/g, '').toUpperCase();
  return code.length === recoveryLength && /^[A-Z2-7]+$/.test(code) ? code : undefined;
}
