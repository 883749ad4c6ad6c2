import { Code, Type } from '../packet/constants.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { hidePassword } from '../packet/user-password.ts';
import type { Probe } from './pool.ts';

/** Who asks: a request must say it, and a server's log shows it (RFC 2865 §4.1, RFC 5997 §4.3). */
const asker = { type: Type.nasIdentifier, value: Buffer.from('radgate-probe') };

/** Asks a server whether it is there: RFC 5997 §3. */
export const statusProbe: Probe = { code: Code.statusServer, attributes: () => [asker] };

/** Logs a user in who is there for that alone. Any reply shows that the server is there, a Reject too. */
export function userProbe(user: string, password: Buffer, secret: SharedSecret): Probe {
  return {
    code: Code.accessRequest,
    attributes: (requestAuthenticator) => [
      { type: Type.userName, value: Buffer.from(user) },
      { type: Type.userPassword, value: hidePassword(password, secret, requestAuthenticator) },
      asker,
    ],
  };
}
