import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { storeIsCurrent } from '../../build/open-store.ts';
import type { Config } from '../../config/schema.ts';
import { OperatorError } from '../../errors.ts';
import { countUsers } from '../../store/list-users.ts';
import { StoreError } from '../../store/store.ts';
import type { Checked } from './checked.ts';
import { storePlace } from '../store/place.ts';
import { withStoreOf } from '../with-store.ts';

/** Whether the store opens. One that isn't there is not made, and one of an older version is left as it is. */
export async function checkStore(config: Config): Promise<Checked> {
  const { url } = config.store;
  const place = storePlace(url);
  try {
    if (url.driver === 'sqlite' && !existsSync(url.path)) return willBeMade(url.path);
    if (!(await storeIsCurrent(config)))
      return { ok: true, message: `${place} is empty or of an older version; the first start of this one updates it` };
    const { users, tokens } = await withStoreOf(config, (store) => store.run(countUsers, null));
    return { ok: true, message: `${place} opens (users: ${users}, tokens: ${tokens})` };
  } catch (error) {
    if (error instanceof OperatorError) return { ok: false, message: `${error.message}. ${error.remedy}` };
    if (error instanceof StoreError) return { ok: false, message: error.message };
    throw error;
  }
}

function willBeMade(path: string): Checked {
  const dir = dirname(path);
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
    return { ok: true, message: `${path} is not there yet; the first start makes it` };
  } catch {
    return { ok: false, message: `${path} is not there, and it cannot be made: is ${dir} there, and writable?` };
  }
}
