import { writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { quote } from './attributes.ts';
import type { AttributePair, Value } from './attributes.ts';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import { eapModules, innerServer, type EapOptions } from './freeradius-eap.ts';
import { receivedRequests } from './freeradius-log.ts';
import type { ReceivedRequest } from './freeradius-log.ts';
import { freeUdpPort, hostPort } from './free-port.ts';
import { startFreeRadiusProcess } from './freeradius-process.ts';
import { makeTempDir } from './temp-dir.ts';

export interface FreeRadiusUser {
  readonly password: Value;
  /** Attributes of the Access-Accept, in order. A ['Message-Authenticator', '0x00'] makes the server sign it. */
  readonly reply?: readonly AttributePair[];
}

export interface FreeRadiusOptions {
  readonly secret: string;
  readonly users?: Readonly<Record<string, FreeRadiusUser>>;
  /** Drop an Access-Request without Message-Authenticator. */
  readonly requireMessageAuthenticator?: boolean;
  /** Attributes of every Access-Reject, in order. */
  readonly rejectReply?: readonly AttributePair[];
  /** Statements of FreeRADIUS's unlang that decide before the users do. */
  readonly authorize?: string;
  /** Speaks MS-CHAP and EAP too. */
  readonly eap?: EapOptions;
  /** Takes Accounting-Requests too, on a port of their own. */
  readonly accounting?: true;
  /** Where it listens and who may ask. Default 127.0.0.1. */
  readonly address?: '127.0.0.1' | '::1';
  /** Where it is expected; default a port that is free. */
  readonly port?: number;
}

/** A FreeRADIUS home server of our own configuration in the foreground, on loopback. */
export interface FreeRadius {
  readonly address: string;
  readonly port: number;
  /** HOST:PORT for a configuration file. */
  readonly server: string;
  readonly secret: string;
  /** HOST:PORT for accounting, with `accounting`. */
  readonly accountingServer: string;
  /** The certificate of its EAP tunnels, with `eap`, and its name. */
  readonly authority: string;
  readonly name: string;
  /**
   * What it has received until now, oldest first, without Status-Server. Requests that it drops before it decodes them (unknown
   * client, wrong Message-Authenticator) are not among them.
   */
  requests(): Promise<ReceivedRequest[]>;
  stop(): Promise<void>;
}

function attributeLines(operator: string, attributes: readonly AttributePair[], indent: string, end: string): string {
  return attributes.map(([name, value]) => `${indent}${name} ${operator} ${valueOf(value)}`).join(end);
}

/** Octets are written bare: in quotes FreeRADIUS would take them for text. */
function valueOf(value: Value): string {
  return typeof value === 'string' && /^0x(?:[0-9a-f]{2})+$/i.test(value) ? value : quote(value);
}

function usersFile(users: Readonly<Record<string, FreeRadiusUser>>): string {
  return Object.entries(users)
    .map(([name, { password, reply = [] }]) => {
      const check = `${quote(name)} Cleartext-Password := ${quote(password)}\n`;
      return reply.length === 0 ? check : `${check}${attributeLines('+=', reply, '\t', ',\n')}\n`;
    })
    .join('\n');
}

const name = 'home.example';

function accountingListen(family: string, address: string, port: number): string {
  return `listen {
    type = acct
    ${family} = ${address}
    port = ${port}
  }
  preacct {
    ok
  }
  accounting {
    ok
  }`;
}

function serverConfig(
  dir: string,
  address: string,
  port: number,
  accountingPort: number | undefined,
  files: TestCertificate | undefined,
  options: FreeRadiusOptions,
): string {
  const family = isIPv6(address) ? 'ipv6addr' : 'ipv4addr';
  const rejectReply = attributeLines('+=', options.rejectReply ?? [], '        &', '\n');
  return `
modules {
  always ok {
    rcode = ok
  }
  always reject {
    rcode = reject
  }
  always handled {
    rcode = handled
  }
  pap {
    normalise = no
  }
  chap {
  }
  files {
    usersfile = ${join(dir, 'users')}
  }
  ${files ? eapModules(files) : ''}
}
client loopback {
  ${family} = ${address}
  secret = ${quote(options.secret)}
  require_message_authenticator = ${options.requireMessageAuthenticator === true ? 'yes' : 'no'}
}
server home {
  listen {
    type = auth
    ${family} = ${address}
    port = ${port}
  }
  ${accountingPort === undefined ? '' : accountingListen(family, address, accountingPort)}
  authorize {
    ${options.authorize ?? ''}
    ${options.eap ? 'mschap\n    eap {\n      ok = return\n    }' : ''}
    files
    chap
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
    ${options.eap ? 'Auth-Type MS-CHAP {\n      mschap\n    }\n    eap' : ''}
  }
  post-auth {
    ${options.eap ? 'if (&session-state:User-Name) {\n      update reply {\n        &User-Name := &session-state:User-Name\n      }\n    }' : ''}
    Post-Auth-Type REJECT {
      ${options.eap ? '' : 'update {\n        &reply: !* ANY\n      }'}
${rejectReply === '' ? '' : `      update reply {\n${rejectReply}\n      }`}
    }
  }
}
${options.eap ? innerServer(options.eap) : ''}
`;
}

/** Starts a FreeRADIUS that accepts `users`. Rejects with its last lines when it does not come up within 10 s. */
export async function startFreeRadius(options: FreeRadiusOptions): Promise<FreeRadius> {
  const address = options.address ?? '127.0.0.1';
  const dir = await makeTempDir('freeradius');
  const port = options.port ?? (await freeUdpPort(address));
  const accountingPort = options.accounting && (await freeUdpPort(address));
  await writeFile(join(dir, 'users'), usersFile(options.users ?? {}), { mode: 0o600 });
  const files = options.eap && (await makeCertificate(dir, name));
  const { lines, stop } = await startFreeRadiusProcess({
    dir,
    at: { address, port },
    secret: options.secret,
    config: serverConfig(dir, address, port, accountingPort, files, options),
  });
  const requests = async (): Promise<ReceivedRequest[]> =>
    receivedRequests(await lines()).filter((request) => request.code !== 'Status-Server');
  return {
    address,
    port,
    server: hostPort(address, port),
    secret: options.secret,
    accountingServer: hostPort(address, accountingPort ?? 0),
    authority: files?.certificate ?? '',
    name,
    requests,
    stop,
  };
}
