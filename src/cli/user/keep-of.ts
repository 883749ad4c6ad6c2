import type { Config } from '../../config/schema.ts';
import type { Keep } from '../../store/kept-password.ts';

/** From the least to the most. */
const order: readonly Keep[] = ['hash', 'nt-hash', 'password'];

/** What is to be kept of a new password: local users are those of every local primary, so the one that keeps most decides. */
export function keepOf({ primary: primaries }: Pick<Config, 'primary'>): Keep {
  const asked = primaries.map((primary) => (primary.type === 'local' ? order.indexOf(primary.keep) : 0));
  return order[Math.max(0, ...asked)] ?? 'hash';
}
