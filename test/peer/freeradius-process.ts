import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from './attributes.ts';
import { startDaemon } from './daemon.ts';
import { statusServer } from './packet-bytes.ts';
import { UdpClient, type Peer } from './udp-client.ts';

export interface FreeRadiusProcessOptions {
  /** Its own, where its other files are already. */
  readonly dir: string;
  /** Where it takes Access-Requests. */
  readonly at: Peer;
  readonly secret: string;
  /** What its configuration is beside what all of ours have. */
  readonly config: string;
}

/** A FreeRADIUS in the foreground, on a configuration of our own. */
export interface FreeRadiusProcess {
  /** All it has printed at debug level until now. */
  readonly lines: () => Promise<readonly string[]>;
  /** Then its directory is gone. */
  readonly stop: () => Promise<void>;
}

/** Starts one. Rejects with its last lines when it does not come up within 10 s; the directory is gone then too. */
export async function startFreeRadiusProcess(options: FreeRadiusProcessOptions): Promise<FreeRadiusProcess> {
  const { dir, at, secret, config } = options;
  await writeFile(join(dir, 'radiusd.conf'), common(dir) + config, { mode: 0o600 });
  const { journal, stop } = await startDaemon({
    name: 'FreeRADIUS',
    command: 'freeradius',
    // -sfxxl stdout is -X without the second port that some builds open; -s keeps the lines of one request together.
    args: ['-sfxxl', 'stdout', '-d', dir],
    dir,
    isReady: (log) => log.waitFor((line) => line === 'Ready to process requests', 'its readiness'),
  });
  const lines = async (): Promise<readonly string[]> => {
    const probe = await UdpClient.open(at.address);
    try {
      // What it prints is behind what it does: once the probe is in the output, so is all that came before it.
      const seen = journal.waitFor(
        (line) => line.includes(' Received Status-Server ') && line.includes(`:${probe.port} to `),
        'the probe in its output',
      );
      seen.catch(() => undefined);
      await probe.exchange(statusServer({ identifier: 0, secret }), at);
      await seen;
    } finally {
      await probe.close();
    }
    return [...journal.entries];
  };
  return { lines, stop };
}

function common(dir: string): string {
  return `
confdir = ${dir}
raddbdir = ${dir}
logdir = ${dir}
libdir = /usr/lib/freeradius
name = radiusd
max_requests = 4096
cleanup_delay = 0
log {
  destination = stdout
  colourise = no
}
security {
  reject_delay = 0
  status_server = yes
}
`;
}

/** The part of a configuration that lets requests be proxied, to the realm `name`. @param patience in seconds */
export function proxyTo(name: string, { address, port }: Peer, secret: string, patience: number): string {
  return `
proxy_requests = yes
proxy server {
  default_fallback = no
}
home_server ${name} {
  type = auth
  ipaddr = ${address}
  port = ${port}
  secret = ${quote(secret)}
  response_window = ${patience}
  status_check = none
}
home_server_pool ${name} {
  type = fail-over
  home_server = ${name}
}
realm ${name} {
  auth_pool = ${name}
  nostrip
}
`;
}
