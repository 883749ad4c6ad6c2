import { auditChange, type Change } from '../audit/change.ts';
import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from '../store/named-user.ts';
import { newTokenName } from '../store/new-token-name.ts';
import { text } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import type { Windows } from './factor.ts';
import { checkHotp, hotpResyncWindow } from './hotp.ts';
import { tokenById, type OathToken } from './oath-token.ts';
import { checkTotp } from './totp.ts';

export interface Assignment {
  readonly serial: string;
  readonly user: FoldedName;
  /** What it is to be called; null takes the serial number. */
  readonly name: string | null;
  /** What the token shows now, which proves that the user holds it; null leaves that to the first login. */
  readonly code: string | null;
  readonly windows: Windows;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly change: Change;
}

export interface Assigned {
  readonly user: string;
  readonly name: string;
}

/**
 * Gives a token that is nobody's to a user: active if a code proves that it is the right one, else pending.
 * @throws OperatorError 'not-found', 'exists', or 'refused' if it is somebody's, is disabled, has another code, or the user has too many
 */
export const assignToken: Transaction<Assignment, Assigned> = {
  name: 'assign-token',
  access: 'write',
  run: async (context, { serial, user: named, name: wish, code, windows, now, change }) => {
    const { sql } = context;
    const user = await userNamed(sql, named);
    const row = await sql.get(
      `SELECT tokens.id, tokens.type, tokens.state, users.name AS owner FROM tokens
       LEFT JOIN users ON users.id = tokens.user_id WHERE tokens.serial = ?`,
      serial,
    );
    if (!row) throw new OperatorError('not-found', `there is no token with the serial number "${serial}"`);
    if (row['owner'] !== null)
      throw new OperatorError('refused', `the token ${serial} is that of "${text(row, 'owner')}": unassign it first`);
    if (row['state'] === 'disabled')
      throw new OperatorError('refused', `the token ${serial} is disabled: enable it first with "radgate token set"`);
    const token = await tokenById(context, text(row, 'id'));
    if (!token) throw new OperatorError('not-found', `the token ${serial} was removed meanwhile`);
    const name = await newTokenName(context, user, { name: wish, fallback: serial, key: token.key });
    if (code !== null) await prove(context, token, { type: text(row, 'type'), serial, code, windows, now });
    const given = await sql.run(
      'UPDATE tokens SET user_id = ?, name = ?, state = ? WHERE id = ? AND user_id IS NULL',
      user.id,
      name,
      code === null ? 'pending' : 'active',
      token.id,
    );
    if (given === 0) throw new OperatorError('refused', `the token ${serial} was given to somebody else meanwhile`);
    await auditChange(context, change, user, code === null ? `${serial} without a code` : serial);
    return { user: user.name, name };
  },
};

interface Proof {
  readonly type: string;
  readonly serial: string;
  readonly code: string;
  readonly windows: Windows;
  readonly now: number;
}

/** Marks the code as used. A counter may have moved far while the token lay in its box: it is looked for as far as two codes would. */
async function prove(context: TransactionContext, token: OathToken, { type, serial, ...proof }: Proof): Promise<void> {
  const windows = { ...proof.windows, hotp: hotpResyncWindow - 1, resyncAtPrompt: false };
  const check = type === 'hotp' ? checkHotp : checkTotp;
  const { kind } = await check(context, token, proof.code, { now: proof.now, windows });
  if (kind === 'used') throw new OperatorError('refused', 'this code was used already: wait for the next one');
  if (kind === 'wrong')
    throw new OperatorError(
      'refused',
      `wrong code: is it the token ${serial}? If its clock or counter is off: "radgate token resync ${serial}"`,
    );
}
