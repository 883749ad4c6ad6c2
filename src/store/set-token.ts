import { auditChange, type Change } from '../audit/change.ts';
import { differenceOf } from '../audit/difference.ts';
import { OperatorError } from '../errors.ts';
import { integerOrNull, text, textOrNull } from './row.ts';
import type { Row } from './sql.ts';
import type { Transaction } from './store.ts';
import { pinOwner } from './token-owner.ts';

/** What is to be changed of a token; undefined leaves it. */
export interface TokenChange {
  readonly id: string;
  readonly name: string | undefined;
  readonly disabled: boolean | undefined;
  /** Milliseconds since 1970 UTC; null is no bound. */
  readonly validFrom: number | null | undefined;
  readonly validUntil: number | null | undefined;
  /** Null takes it off. */
  readonly pin: string | null | undefined;
  readonly change: Change;
}

/**
 * Changes a token. One that is enabled again is as it was: active, or pending if its first code is still to come.
 * @throws OperatorError 'not-found', 'exists', or 'refused' if it would never be valid
 */
export const setToken: Transaction<TokenChange, null> = {
  name: 'set-token',
  access: 'write',
  run: async (context, { id, name, disabled, validFrom, validUntil, pin, change }) => {
    const { sql, seal } = context;
    // Its row is held from here on, so that what is looked at still stands when it is changed.
    const token = await sql.get(
      'UPDATE tokens SET name = name WHERE id = ? RETURNING user_id, name, serial, state, state_before, valid_from, valid_until, last_used_at',
      id,
    );
    if (!token) throw new OperatorError('not-found', 'the token was removed meanwhile');
    const userId = textOrNull(token, 'user_id');
    const user = userId === null ? undefined : await sql.get('SELECT id, name FROM users WHERE id = ?', userId);
    if (name !== undefined && userId !== null) {
      const twin = await sql.get('SELECT 1 FROM tokens WHERE user_id = ? AND name = ? AND id <> ?', userId, name, id);
      if (twin) throw new OperatorError('exists', `the user has a token "${name}" already`);
    }
    const from = validFrom === undefined ? integerOrNull(token, 'valid_from') : validFrom;
    const until = validUntil === undefined ? integerOrNull(token, 'valid_until') : validUntil;
    if (from !== null && until !== null && from >= until)
      throw new OperatorError('refused', 'the token would expire before it becomes valid');
    const { state, before } = statesOf(token, disabled);
    const columns = {
      name,
      state,
      valid_from: validFrom,
      valid_until: validUntil,
      pin: typeof pin === 'string' ? seal.digest(Buffer.from(pin), pinOwner(id)) : pin,
    };
    for (const [column, value] of Object.entries({ ...columns, state_before: before }))
      if (value !== undefined) await sql.run(`UPDATE tokens SET ${column} = ? WHERE id = ?`, value, id);
    const owner = user ? { id: text(user, 'id'), name: text(user, 'name') } : null;
    const difference = differenceOf(token, {
      ...columns,
      pin: pin === undefined ? undefined : pin === null ? 'removed' : 'changed',
    });
    await auditChange(context, change, owner, textOrNull(token, 'serial') ?? text(token, 'name'), difference);
    return null;
  },
};

interface States {
  readonly state?: string;
  /** To be kept for the time when it is enabled again. */
  readonly before?: string | null;
}

/** What becomes of a token's state; nothing if it stays as it is. */
function statesOf(token: Row, disabled: boolean | undefined): States {
  const state = text(token, 'state');
  if (disabled === undefined || disabled === (state === 'disabled')) return {};
  if (disabled) return { state: 'disabled', before: state };
  // What is nobody's waits for no code: it does once it is assigned.
  const before = token['user_id'] === null ? 'active' : textOrNull(token, 'state_before');
  // An older node has disabled it, and kept nothing.
  const guess = token['last_used_at'] === null ? 'pending' : 'active';
  return { state: before ?? guess, before: null };
}
