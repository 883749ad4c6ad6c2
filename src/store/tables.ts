import { ntHashOwner, passwordOwner } from './kept-password.ts';
import { subscriptionOwner } from './subscription-owner.ts';
import { tokenOwner } from './token-owner.ts';

/** A table whose rows outlive a login: what an export carries, in an order in which foreign keys hold. */
export interface Table {
  readonly name: string;
  /** The columns of its primary key: pages are cut along them. */
  readonly key: readonly string[];
  /** The columns that are sealed, where they are not null, and for whom: told by the row's id. */
  readonly sealed?: ReadonlyMap<string, (id: string) => string>;
  /** The store numbers its rows itself. */
  readonly numbered?: true;
}

export const tables: readonly Table[] = [
  {
    name: 'users',
    key: ['id'],
    sealed: new Map([
      ['sealed_nt_hash', ntHashOwner],
      ['sealed_password', passwordOwner],
    ]),
  },
  { name: 'user_names', key: ['folded'] },
  { name: 'user_groups', key: ['user_id', 'name'] },
  { name: 'tokens', key: ['id'], sealed: new Map([['secret', tokenOwner]]) },
  { name: 'lockouts', key: ['user_id', 'factor'] },
  { name: 'approval_states', key: ['user_id'] },
  { name: 'recovery_codes', key: ['user_id', 'digest'] },
  { name: 'bypasses', key: ['id'] },
  { name: 'app_passwords', key: ['id'] },
  { name: 'devices', key: ['id'] },
  { name: 'push_subscriptions', key: ['id'], sealed: new Map([['sealed', subscriptionOwner]]) },
  // Their digests are good in the other store too: what was used here must not be good there.
  { name: 'used_nonces', key: ['nonce'] },
  // Without its link, a token that nobody has typed a code of would be the user's own.
  { name: 'enrolments', key: ['digest'] },
  { name: 'seen_authenticators', key: ['role', 'address'] },
  { name: 'audit_chains', key: ['id'] },
  { name: 'audit', key: ['id'], numbered: true },
  { name: 'audit_streams', key: ['stream', 'node', 'chain'] },
  { name: 'message_counts', key: ['part', 'method', 'provider', 'state'] },
  { name: 'accounting', key: ['id'], numbered: true },
];
