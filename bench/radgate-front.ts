import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeUdpPort } from '../test/peer/free-port.ts';
import { writeUserLines, type BenchUser } from './bench-users.ts';
import { measuredCommand } from './measured-command.ts';
import type { FrontOptions } from './freeradius-servers.ts';
import { serveRadgate } from './serve-radgate.ts';
import type { Served } from './served.ts';

export interface RadgateOptions extends FrontOptions {
  readonly durability: 'process' | 'power';
  /** Keys of `[store]`; by default a SQLite file. */
  readonly store?: string;
  readonly workers?: number;
  /** Lines of `[login]`. */
  readonly login?: string;
  /** Arguments of node. */
  readonly node?: readonly string[];
}

/** A radgate before a home server, on a SQLite file of its own. With users, each has a token in it; without, nobody is asked for a code. */
export async function serveRadgateFront(parent: string, options: RadgateOptions): Promise<Served> {
  const { secret, home, homeSecret, users, durability, login = '', node } = options;
  const { store = 'url = "sqlite:radgate.db"', workers = 1 } = options;
  const dir = mkdtempSync(join(parent, `radgate-${durability}-`));
  const port = await freeUdpPort('127.0.0.1');
  const config = `[listen]
auth = ["127.0.0.1:${port}"]
workers = ${workers}
[store]
${store}
durability = "${durability}"
[login]
${login}
[[client]]
name = "bench"
address = "127.0.0.1"
secret = "${secret}"
primary = "home"
message_authenticator = "require"
factor = "${users ? 'required' : 'none'}"
[[primary]]
name = "home"
type = "radius"
server = ["127.0.0.1:${home.port}"]
secret = "${homeSecret}"
message_authenticator = "require"
`;
  writeFileSync(join(dir, 'radius.conf'), config, { mode: 0o600 });
  if (users) await importUsers(dir, users);
  return serveRadgate({ cwd: dir, port, secret }, node);
}

async function importUsers(dir: string, users: readonly BenchUser[]): Promise<void> {
  await writeUserLines(join(dir, 'users.csv'), users, ({ name }) => name, 'name\n');
  await writeUserLines(
    join(dir, 'tokens.csv'),
    users,
    ({ name, key }, i) => `${name},${100_000_000 + i},${key.toString('hex')},30`,
    'upn,serial number,secret (hex),time interval\n',
  );
  await measuredCommand(['user', 'import', 'users.csv', '--apply'], dir);
  await measuredCommand(['token', 'import', 'tokens.csv', '--apply'], dir);
}
