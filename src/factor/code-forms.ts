import type { CodeForms } from '../policy/append.ts';
import type { NameRealms } from '../policy/name-realms.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { findUser, factorsOf } from '../store/identify.ts';
import { isOwnToken } from '../store/own-token.ts';
import { integer, text, textOrNull } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';

/** What a user's own codes look like, and in which language he types words; codes that are sent are not among them. */
export interface UserForms extends CodeForms {
  readonly language: string | null;
}

export interface CodeFormsInput {
  readonly name: FoldedName;
  /** As of IdentifyInput. */
  readonly realms: NameRealms | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** What codes of a user can look like, before anyone has proven to be that user: it decides how what was typed is parted. null for a name that is nobody's. */
export const findCodeForms: Transaction<CodeFormsInput, UserForms | null> = {
  name: 'find-code-forms',
  access: 'read',
  run: async ({ sql }, { name, realms, now }) => {
    const found = await findUser(sql, name, realms);
    if (found.kind !== 'known') return null;
    const id = text(found.row, 'id');
    const tokens = await sql.all(
      `SELECT digits, MAX(CASE WHEN pin IS NULL THEN 0 ELSE 1 END) AS has_pin FROM tokens
       WHERE user_id = ? AND state IN ('active', 'pending') AND ${isOwnToken}
         AND (valid_from IS NULL OR valid_from <= ?) AND (valid_until IS NULL OR valid_until > ?) GROUP BY digits`,
      id,
      now,
      now,
    );
    return {
      lengths: tokens.map((row) => integer(row, 'digits')),
      pin: tokens.some((row) => integer(row, 'has_pin') !== 0),
      recovery: (await factorsOf(sql, id, now)).methods.includes('recovery'),
      language: textOrNull(found.row, 'language'),
    };
  },
};
