import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from '../store/named-user.ts';
import { revokeNamed, type Revocable, type Revocation, type Revoked } from '../store/revoke-named.ts';
import { integer, integerOrNull, text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';

/** Phones that one user can have to decide on. */
export const maxDevices = 5;
/** Characters of the name of one. */
export const longestDeviceName = 40;

/** A phone that a user decides on. Times are milliseconds since 1970 UTC. */
export interface Device {
  readonly name: string;
  readonly created: number;
  /** When its last decision was signed. */
  readonly lastUsed: number | null;
}

/** By name. @throws OperatorError 'not-found' */
export const listDevices: Transaction<FoldedName, { readonly user: string; readonly devices: readonly Device[] }> = {
  name: 'list-devices',
  access: 'read',
  run: async ({ sql }, name) => {
    const user = await userNamed(sql, name);
    const rows = await sql.all(
      'SELECT name, created_at, last_used_at FROM devices WHERE user_id = ? ORDER BY name',
      user.id,
    );
    const devices = rows.map((row) => ({
      name: text(row, 'name'),
      created: integer(row, 'created_at'),
      lastUsed: integerOrNull(row, 'last_used_at'),
    }));
    return { user: user.name, devices };
  },
};

const phones: Revocable = {
  table: 'devices',
  none: 'no phone that was set up',
  one: 'phone',
  list: 'radgate user devices',
};

/** Takes phones away, at once: what they sign from then on counts nothing. @throws what revokeNamed throws */
export const revokeDevices: Transaction<Revocation, Revoked> = {
  name: 'revoke-devices',
  access: 'write',
  run: (context, revocation) => revokeNamed(context, phones, revocation),
};
