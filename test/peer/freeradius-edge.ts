import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from './attributes.ts';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import type { EapServer } from './eapol-test.ts';
import { freeUdpPort, hostPort } from './free-port.ts';
import { proxyTo, startFreeRadiusProcess } from './freeradius-process.ts';
import { makeTempDir } from './temp-dir.ts';
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
  /** All it has printed at debug level until now. */
  lines(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const address = '127.0.0.1';
const name = 'edge.example';

function edgeConfig(dir: string, port: number, files: TestCertificate, options: FreeRadiusEdgeOptions): string {
  const { home, homeSecret, secret } = options;
  return `
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
${proxyTo('radgate', home, homeSecret, 10)}server edge {
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
  const config = edgeConfig(dir, port, files, options);
  const { secret } = options;
  const running = await startFreeRadiusProcess({ dir, at: { address, port }, secret, config });
  return {
    address,
    port,
    server: hostPort(address, port),
    secret,
    name,
    authority: files.certificate,
    ...running,
  };
}
