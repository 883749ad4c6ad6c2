import type { NameRealms } from '../policy/name-realms.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { findUser } from '../store/identify.ts';
import { openKept, type KeptPassword } from '../store/kept-password.ts';
import { integer, text, textOrNull } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';

export interface LocalUser {
  readonly name: FoldedName;
  /** As of PrimaryRequest: the password must be the user's who is found after it. */
  readonly realms: NameRealms | undefined;
}

/** `nobody` is everyone who has no password here or is not enabled; `nothing`: the password was set while only its hash was kept. */
export type FoundKept = KeptPassword | { readonly kind: 'nobody' | 'nothing' };

/** What is kept of an enabled user's password beside its hash. */
export const localKept: Transaction<LocalUser, FoundKept> = {
  name: 'local-kept',
  access: 'read',
  run: async ({ sql, seal }, { name, realms }) => {
    const found = await findUser(sql, name, realms);
    if (found.kind !== 'known' || integer(found.row, 'disabled') !== 0) return { kind: 'nobody' };
    if (textOrNull(found.row, 'password') === null) return { kind: 'nobody' };
    const id = text(found.row, 'id');
    const row = await sql.get('SELECT sealed_nt_hash, sealed_password FROM users WHERE id = ?', id);
    return (row && openKept(seal, id, row)) ?? { kind: 'nothing' };
  },
};
