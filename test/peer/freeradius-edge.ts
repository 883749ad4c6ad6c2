import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from './attributes.ts';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import { closed, onLines, startChild } from './child.ts';
import { within } from './deadline.ts';
import type { EapServer } from './eapol-test.ts';
import { freeUdpPort, hostPort } from './free-port.ts';
import { Journal } from './journal.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import type { Peer } from './udp-client.ts';

export interface FreeRadiusEdgeOptions {
  /** The server that is asked about what comes out of the tunnels. */
  readonly home: Peer;
  /** Between the edge and that server. */
  readonly homeSecret: string;
  /** Between the access point and the edge. */
  readonly secret: string;
  /** Passwords with which the edge itself answers outside of EAP: for what it says to be compared with. */
  readonly users?: Readonly<Record<string, string>>;
}

/** A FreeRADIUS that ends PEAP and TTLS, and asks the home server by plain MS-CHAPv2, CHAP or PAP. */
export interface FreeRadiusEdge extends EapServer {
  /** HOST:PORT. */
  readonly server: string;
  /** All it has printed at debug level. */
  readonly output: readonly string[];
  stop(): Promise<void>;
}

const address = '127.0.0.1';
const name = 'edge.example';

function edgeConfig(dir: string, port: number, files: TestCertificate, options: FreeRadiusEdgeOptions): string {
  const { home, homeSecret, secret } = options;
  return `
confdir = ${dir}
raddbdir = ${dir}
logdir = ${dir}
libdir = /usr/lib/freeradius
name = radiusd
max_requests = 4096
cleanup_delay = 0
proxy_requests = yes
log {
  destination = stdout
  colourise = no
}
security {
  reject_delay = 0
  status_server = yes
}
modules {
  mschap {
    use_mppe = yes
    with_ntdomain_hack = yes
  }
  chap {
  }
  pap {
    normalise = no
  }
  files {
    usersfile = ${join(dir, 'users')}
  }
  eap {
    default_eap_type = peap
    timer_expire = 60
    max_sessions = 256
    tls-config tls-common {
      private_key_file = ${files.key}
      certificate_file = ${files.certificate}
      ca_file = ${files.certificate}
      tls_min_version = "1.2"
      tls_max_version = "1.2"
      ecdh_curve = "prime256v1"
    }
    tls {
      tls = tls-common
    }
    peap {
      tls = tls-common
      default_eap_type = mschapv2
      copy_request_to_tunnel = no
      use_tunneled_reply = yes
      proxy_tunneled_request_as_eap = no
      virtual_server = inner
    }
    ttls {
      tls = tls-common
      default_eap_type = mschapv2
      copy_request_to_tunnel = no
      use_tunneled_reply = yes
      virtual_server = inner
    }
    mschapv2 {
    }
  }
}
client loopback {
  ipv4addr = ${address}
  secret = ${quote(secret)}
}
proxy server {
  default_fallback = no
}
home_server radgate {
  type = auth
  ipaddr = ${home.address}
  port = ${home.port}
  secret = ${quote(homeSecret)}
  response_window = 10
  status_check = none
}
home_server_pool radgate {
  type = fail-over
  home_server = radgate
}
realm radgate {
  auth_pool = radgate
  nostrip
}
server edge {
  listen {
    type = auth
    ipv4addr = ${address}
    port = ${port}
  }
  authorize {
    mschap
    chap
    eap {
      ok = return
    }
    files
    pap
  }
  authenticate {
    Auth-Type MS-CHAP {
      mschap
    }
    Auth-Type CHAP {
      chap
    }
    Auth-Type PAP {
      pap
    }
    eap
  }
  post-proxy {
    eap
  }
}
server inner {
  authorize {
    update control {
      &Proxy-To-Realm := "radgate"
    }
  }
  authenticate {
    Auth-Type MS-CHAP {
      mschap
    }
    eap
  }
  post-proxy {
    eap
  }
}
`;
}

/** Starts an edge before the server at `home`. Rejects with its last lines when it does not come up within 10 s. */
export async function startFreeRadiusEdge(options: FreeRadiusEdgeOptions): Promise<FreeRadiusEdge> {
  const dir = await makeTempDir('freeradius-edge');
  const port = await freeUdpPort(address);
  const files = await makeCertificate(dir, name);
  const users = Object.entries(options.users ?? {});
  const lines = users.map(([user, password]) => `${quote(user)} Cleartext-Password := ${quote(password)}\n`);
  await writeFile(join(dir, 'users'), lines.join(''), { mode: 0o600 });
  await writeFile(join(dir, 'radiusd.conf'), edgeConfig(dir, port, files, options), { mode: 0o600 });

  const child = startChild('freeradius', ['-sfxxl', 'stdout', '-d', dir]);
  const journal = new Journal<string>();
  onLines(child.stdout, (line) => journal.add(line));
  onLines(child.stderr, (line) => journal.add(line));
  const end = closed(child).finally(() => journal.end('FreeRADIUS ended'));
  end.catch(() => undefined);

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    try {
      await within(5_000, 'FreeRADIUS to end', end);
    } finally {
      child.kill('SIGKILL');
      await removeTempDir(dir);
    }
  };
  try {
    await journal.waitFor((line) => line === 'Ready to process requests', 'its readiness');
  } catch (error) {
    await stop().catch(() => undefined);
    throw new Error(`FreeRADIUS did not start: ${journal.entries.slice(-5).join('\n')}`, { cause: error });
  }
  return {
    address,
    port,
    server: hostPort(address, port),
    secret: options.secret,
    name,
    authority: files.certificate,
    output: journal.entries,
    stop,
  };
}
