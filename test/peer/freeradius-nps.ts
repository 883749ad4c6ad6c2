import { quote, type AttributePair } from './attributes.ts';
import { freeUdpPort } from './free-port.ts';
import { startFreeRadiusProcess } from './freeradius-process.ts';
import { makeTempDir } from './temp-dir.ts';
import type { Peer } from './udp-client.ts';

export interface FreeRadiusNpsOptions {
  /** Where it is expected; default a port that is free. */
  readonly port?: number;
  readonly secret: string;
  /** What it forwards, as a condition of FreeRADIUS's unlang, and to whom: a connection request policy. */
  readonly forwards: { readonly condition: string; readonly to: Peer; readonly secret: string };
  /** What it grants to all others, whatever password they bring or none: a network policy. */
  readonly grants: readonly AttributePair[];
}

/** A FreeRADIUS that does as an NPS of these days: it forwards some requests, lets others in by their user's rights alone, and signs all it says. */
export interface FreeRadiusNps extends Peer {
  /** All it has printed at debug level. */
  readonly output: readonly string[];
  stop(): Promise<void>;
}

const address = '127.0.0.1';

function npsConfig(dir: string, port: number, { secret, forwards, grants }: FreeRadiusNpsOptions): string {
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
}
client loopback {
  ipv4addr = ${address}
  secret = ${quote(secret)}
}
proxy server {
  default_fallback = no
}
home_server forward {
  type = auth
  ipaddr = ${forwards.to.address}
  port = ${forwards.to.port}
  secret = ${quote(forwards.secret)}
  response_window = 20
  status_check = none
}
home_server_pool forward {
  type = fail-over
  home_server = forward
}
realm forward {
  auth_pool = forward
  nostrip
}
server nps {
  listen {
    type = auth
    ipv4addr = ${address}
    port = ${port}
  }
  authorize {
    if (${forwards.condition}) {
      update control {
        &Proxy-To-Realm := "forward"
      }
    }
    else {
      update control {
        &Auth-Type := Accept
      }
      update reply {
        &Message-Authenticator := 0x00
${grants.map(([name, value]) => `        &${name} += ${String(value)}`).join('\n')}
      }
    }
  }
}
`;
}

/** Starts one. Rejects with its last lines when it does not come up within 10 s. */
export async function startFreeRadiusNps(options: FreeRadiusNpsOptions): Promise<FreeRadiusNps> {
  const dir = await makeTempDir('freeradius-nps');
  const port = options.port ?? (await freeUdpPort(address));
  const { journal, stop } = await startFreeRadiusProcess(dir, npsConfig(dir, port, options));
  return { address, port, output: journal.entries, stop };
}
