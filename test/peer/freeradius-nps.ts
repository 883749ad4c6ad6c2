import { quote, type AttributePair } from './attributes.ts';
import { freeUdpPort } from './free-port.ts';
import { proxyTo, startFreeRadiusProcess } from './freeradius-process.ts';
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
  stop(): Promise<void>;
}

const address = '127.0.0.1';

function npsConfig(port: number, { secret, forwards, grants }: FreeRadiusNpsOptions): string {
  return `
modules {
}
client loopback {
  ipv4addr = ${address}
  secret = ${quote(secret)}
}
${proxyTo('forward', forwards.to, forwards.secret, 20)}server nps {
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
  const { secret } = options;
  const config = npsConfig(port, options);
  const { stop } = await startFreeRadiusProcess({ dir, at: { address, port }, secret, config });
  return { address, port, stop };
}
