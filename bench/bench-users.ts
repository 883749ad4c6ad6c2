import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Every user's. */
export const benchPassword = 'right-password';

export interface BenchUser {
  readonly name: string;
  readonly key: Buffer;
}

/** Users of a benchmark, each with a TOTP key of 20 octets of its own. */
export function benchUsers(count: number): readonly BenchUser[] {
  return Array.from({ length: count }, (_, i) => ({ name: `user${i}`, key: randomBytes(20) }));
}

/** A file with a line for each user, made and written out without ever being in memory as a whole. */
export async function writeUserLines(
  file: string,
  users: readonly BenchUser[],
  line: (user: BenchUser, index: number) => string,
  head = '',
): Promise<void> {
  const stream = createWriteStream(file, { mode: 0o600 });
  stream.write(head);
  for (const [index, user] of users.entries()) if (!stream.write(`${line(user, index)}\n`)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'close');
}
