import type { Config } from '../../config/schema.ts';
import { OperatorError } from '../../errors.ts';
import { foldUserName } from '../../policy/user-name.ts';
import { localPassword } from '../../primary/local.ts';
import { hashPassword, passwordMatches } from '../../primary/password-hash.ts';
import { randomOctets } from '../../random.ts';
import { countUsers, everyone, listUsers } from '../../store/list-users.ts';
import { addToken } from '../../store/tokens.ts';
import { addUser } from '../../store/users.ts';
import { fromBase32 } from '../../base32.ts';
import type { Demo } from './data.ts';
import { withStoreOf } from '../with-store.ts';

/** What of the demo still is as it was made: the rest was changed or removed since. */
export interface Seeded {
  readonly password: boolean;
  readonly token: boolean;
}

/** Makes the demo's user and token in its store, if the store is empty; what was made before is left as it is. */
export async function seedDemo(demo: Demo, config: Config): Promise<Seeded> {
  const { id, name, password } = demo.user;
  const folded = foldUserName(name);
  const key = fromBase32(demo.token.key);
  if (!folded || !key) throw new OperatorError('demo-broken', 'demo.json was altered');
  return withStoreOf(config, async (store) => {
    const now = Date.now();
    if ((await store.run(countUsers, null)).users === 0) {
      const hash = await hashPassword(Buffer.from(password), randomOctets(16));
      const user = { id, name, names: [folded], password: hash, phone: null, email: null, distinct: false, now };
      await store.run(addUser, user);
      const form = { algorithm: 'sha1', digits: 6, period: 30, state: 'active' } as const;
      await store.run(addToken, { id: demo.token.id, user: folded, name: 'demo', key, ...form, now });
    }
    const { users } = await store.run(listUsers, { ...everyone, text: folded.folded });
    const hash = await store.run(localPassword, { name: folded, realms: undefined });
    return {
      password: hash !== null && (await passwordMatches(Buffer.from(password), hash)),
      token: users.some((user) => user.tokens.some((token) => token.id === demo.token.id)),
    };
  });
}
