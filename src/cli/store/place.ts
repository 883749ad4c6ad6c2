import type { StoreUrl } from '../../config/values/store-url.ts';
import { hostPort } from '../input/host-port.ts';

/** Where a store is, for people: the path of its file, or its database without the password. */
export function storePlace(url: StoreUrl): string {
  return url.driver === 'sqlite' ? url.path : `postgres://${url.user}@${hostPort(url)}/${url.database}`;
}
