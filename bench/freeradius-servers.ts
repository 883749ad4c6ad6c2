import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeUdpPort } from '../test/peer/free-port.ts';
import { base32 } from '../src/base32.ts';
import { benchPassword, writeUserLines, type BenchUser } from './bench-users.ts';
import { serve, type Served } from './served.ts';

/** The thread pool is the one that it is shipped with; so are the limits, but for max_requests, which the load would meet. */
function base(dir: string, port: number, secret: string, server: string, more = ''): string {
  return `
confdir = ${dir}
raddbdir = ${dir}
logdir = ${dir}
prefix = ${dir}
localstatedir = ${dir}
run_dir = ${dir}
libdir = /usr/lib/freeradius
name = radiusd
max_request_time = 30
cleanup_delay = 5
max_requests = 65536
hostname_lookups = no
proxy_requests = yes
log {
  destination = stdout
  auth = no
}
security {
  max_attributes = 200
  reject_delay = 1
  status_server = yes
}
thread pool {
  start_servers = 5
  max_servers = 32
  min_spare_servers = 3
  max_spare_servers = 10
  max_requests_per_server = 0
  auto_limit_acct = no
}
client bench {
  ipaddr = 127.0.0.1
  secret = "${secret}"
  require_message_authenticator = yes
}
${more}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
${server}
}
`;
}

async function serveFreeRadius(dir: string, port: number, secret: string, config: string): Promise<Served> {
  writeFileSync(join(dir, 'radiusd.conf'), config, { mode: 0o600 });
  return serve('freeradius', ['-f', '-l', 'stdout', '-d', dir], { cwd: dir, port, secret });
}

/** A home server that knows every user by one password. */
export async function serveHome(parent: string, secret: string): Promise<Served> {
  const dir = mkdtempSync(join(parent, 'home-'));
  const port = await freeUdpPort('127.0.0.1');
  const server = `
  authorize {
    update control {
      &Cleartext-Password := "${benchPassword}"
    }
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
  }
  post-auth {
    update reply {
      &Message-Authenticator := 0x00
    }
  }`;
  return serveFreeRadius(dir, port, secret, base(dir, port, secret, server, 'modules {\n  pap {\n  }\n}'));
}

export interface FrontOptions {
  readonly secret: string;
  readonly home: Served;
  readonly homeSecret: string;
  /** Who is asked for a code after the home server's accept; none: nobody is. */
  readonly users?: readonly BenchUser[] | undefined;
}

/** A FreeRADIUS that does radgate's job: passes the password to the home server, challenges, and checks the answer with rlm_totp. */
export async function serveFreeRadiusFront(parent: string, options: FrontOptions): Promise<Served> {
  const { secret, home, homeSecret, users } = options;
  const dir = mkdtempSync(join(parent, 'freeradius-'));
  const port = await freeUdpPort('127.0.0.1');
  if (users)
    await writeUserLines(
      join(dir, 'keys'),
      users,
      ({ name, key }) => `${name} TOTP-Secret := "${base32(key)}", Auth-Type := totp`,
    );
  const modules = users
    ? `always reject {\n    rcode = reject\n  }\n  totp {\n  }\n  files {\n    usersfile = ${dir}/keys\n  }`
    : '';
  const more = `
home_server home {
  type = auth
  ipaddr = 127.0.0.1
  port = ${home.port}
  secret = "${homeSecret}"
  response_window = 20
  zombie_period = 40
  status_check = status-server
  max_outstanding = 65536
}
home_server_pool home {
  type = fail-over
  home_server = home
}
realm home {
  auth_pool = home
  nostrip
}
modules {
  ${modules}
}`;
  return serveFreeRadius(dir, port, secret, base(dir, port, secret, users ? challenging : passing, more));
}

const passing = `
  authorize {
    update control {
      &Proxy-To-Realm := "home"
    }
  }
  post-auth {
    update reply {
      &Message-Authenticator := 0x00
    }
  }`;

/** Its session-state keeps the name of who was challenged; a State that it does not know has none. */
const challenging = `
  authorize {
    if (&State) {
      if (!&session-state:Tmp-String-0 || &session-state:Tmp-String-0 != &User-Name) {
        reject
      }
      update request {
        &TOTP-Password := "%{User-Password}"
      }
      files
    }
    else {
      update control {
        &Proxy-To-Realm := "home"
      }
    }
  }
  authenticate {
    Auth-Type totp {
      totp
    }
  }
  post-proxy {
    if (&proxy-reply:Packet-Type == Access-Accept) {
      update control {
        &Response-Packet-Type := Access-Challenge
      }
      update session-state {
        &Tmp-String-0 := &User-Name
      }
      update reply {
        &Reply-Message := "Enter your code: "
      }
    }
  }
  post-auth {
    update reply {
      &Message-Authenticator := 0x00
    }
    Post-Auth-Type Challenge {
      update reply {
        &Message-Authenticator := 0x00
      }
    }
  }`;
