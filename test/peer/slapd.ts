import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { run } from './child.ts';
import { startDaemon } from './daemon.ts';
import { freeTcpPort } from './free-port.ts';
import { probeTcp } from './probe-tcp.ts';
import { makeTempDir } from './temp-dir.ts';

export const suffix = 'dc=corp,dc=example';
export const service = { name: `cn=radgate,ou=service,${suffix}`, password: 'of the service account' } as const;

export interface SlapdOptions {
  /** Entries below the suffix, as LDIF. */
  readonly ldif: string;
  /** The name in its certificate. Default localhost. */
  readonly certificateOf?: string;
  /** Ports of an earlier one that is started anew. */
  readonly ports?: SlapdPorts;
}

export interface SlapdPorts {
  readonly plain: number;
  readonly tls: number;
}

/** An OpenLDAP server on loopback, in a directory of its own. */
export interface Slapd {
  readonly ports: SlapdPorts;
  /** Its certificate, which is its own authority, in PEM. */
  readonly caFile: string;
  /** What it has logged until now: connections, binds and searches. */
  readonly lines: () => Promise<readonly string[]>;
  /** Stops it in the midst of whatever it does: connections stay open, and nothing is answered. */
  readonly freeze: () => Promise<void>;
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const address = '127.0.0.1';

/** Some attributes of Active Directory (MS-ADA3), for one that hides the others. */
const adSchema = `attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl'
  EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName'
  EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.1.1 NAME 'likeActiveDirectory' AUXILIARY MAY ( userAccountControl $ sAMAccountName ) )`;

function configOf(dir: string, certificate: string, key: string): string {
  const schemas = ['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`);
  return `${schemas.join('\n')}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload memberof
${adSchema}
pidfile ${join(dir, 'pid')}
TLSCertificateFile ${certificate}
TLSCertificateKeyFile ${key}
security simple_bind=0
database mdb
suffix "${suffix}"
rootdn "cn=admin,${suffix}"
directory ${join(dir, 'data')}
overlay ppolicy
access to attrs=userPassword by anonymous auth
access to dn.exact="uid=unseen,ou=people,${suffix}" by anonymous auth
access to * by dn.exact="${service.name}" read by self read by anonymous auth
`;
}

const base = `dn: ${suffix}
objectClass: domain
dc: corp

dn: ou=service,${suffix}
objectClass: organizationalUnit
ou: service

dn: ${service.name}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: radgate
userPassword: ${service.password}

dn: ou=people,${suffix}
objectClass: organizationalUnit
ou: people

dn: ou=groups,${suffix}
objectClass: organizationalUnit
ou: groups

`;

/** How a process is: `T` once it is stopped (proc(5)). */
function stateOf(pid: number): string | undefined {
  return /^\d+ \(.*\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
}

/** Starts one. Rejects with its last lines when it does not come up within 10 s. */
export async function startSlapd({ ldif, certificateOf = 'localhost', ports: before }: SlapdOptions): Promise<Slapd> {
  const dir = await makeTempDir('slapd');
  await mkdir(join(dir, 'data'));
  const { certificate, key } = await makeCertificate(dir, certificateOf);
  const config = join(dir, 'slapd.conf');
  await writeFile(config, configOf(dir, certificate, key), { mode: 0o600 });
  const loaded = await run('slapadd', ['-f', config], { input: base + ldif });
  if (loaded.code !== 0) throw new Error(`slapadd: ${loaded.stderr}`);

  const ports = before ?? { plain: await freeTcpPort(address), tls: await freeTcpPort(address) };
  const urls = `ldap://${address}:${ports.plain} ldaps://${address}:${ports.tls}`;
  const { pid, journal, signal, stop } = await startDaemon({
    name: 'slapd',
    command: 'slapd',
    args: ['-d', 'stats', '-h', urls, '-f', config],
    dir,
    isReady: async (log) => {
      await log.waitFor((line) => line.includes('slapd starting'), 'its readiness');
      // It says so a moment before it takes connections.
      for (const port of [ports.plain, ports.tls]) await probeTcp(address, port, 5_000);
    },
  });
  return {
    ports,
    caFile: certificate,
    lines: async () => {
      // It logs a connection once it takes it: behind all that it did before.
      const from = await probeTcp(address, ports.plain, 5_000);
      await journal.waitFor((line) => line.includes(` ACCEPT from IP=${address}:${from} `), 'the probe in its log');
      return [...journal.entries];
    },
    freeze: async () => {
      signal('SIGSTOP');
      while (stateOf(pid) !== 'T') await new Promise((resolve) => setImmediate(resolve));
    },
    kill: () => stop('SIGKILL'),
    stop: () => {
      // To end in peace one that was frozen has to go on.
      signal('SIGCONT');
      return stop();
    },
  };
}
