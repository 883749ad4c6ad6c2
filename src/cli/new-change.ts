import { userInfo } from 'node:os';
import type { Change } from '../audit/change.ts';
import { randomOctets } from '../random.ts';

/** A change that a command makes now, for the audit. @param command such as "user reset" */
export function newChange(command: string): Change {
  return { id: randomOctets(8).toString('hex'), command, at: Date.now(), actor: actorOf(process.env) };
}

/** Who runs this: the account, and who became it by sudo, which only that account could make believe. */
function actorOf(env: NodeJS.ProcessEnv): string {
  const { SUDO_USER: real } = env;
  const account = accountName();
  return real === undefined || real === account || !/^[\w.@\\-]{1,64}$/.test(real)
    ? account
    : `${account} (sudo: ${real})`;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An id that has no name, as in many containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
