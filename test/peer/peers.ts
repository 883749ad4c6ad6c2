import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fakeTimeLibrary } from '../support/fake-time-library.ts';
import { postgresBin } from '../support/postgres-bin.ts';
import { searchPath } from './child.ts';

export interface PeerProgram {
  readonly name: string;
  /** The Debian package that brings it. */
  readonly debian: string;
  /** What the tests use it for, to be read after "for". */
  readonly purpose: string;
  readonly present: () => boolean;
  /** Why it can't be used even when present; undefined when it can. */
  readonly hindrance?: () => string | undefined;
}

function command(name: string): () => boolean {
  return () => searchPath.split(delimiter).some((dir) => dir !== '' && existsSync(join(dir, name)));
}

/** PAM modules are in /lib/security or, on Debian, in the directory of the machine's architecture. */
function pamModule(name: string): () => boolean {
  return () =>
    ['/lib', '/usr/lib', '/usr/lib64']
      .filter((dir) => existsSync(dir))
      .flatMap((dir) => [dir, ...readdirSync(dir).map((entry) => join(dir, entry))])
      .some((dir) => existsSync(join(dir, 'security', name)));
}

/** Modules of rsyslog are in a directory of the machine's architecture. */
function rsyslogModule(name: string): () => boolean {
  return () =>
    ['/usr/lib', '/usr/lib64']
      .filter((dir) => existsSync(dir))
      .flatMap((dir) => [dir, ...readdirSync(dir).map((entry) => join(dir, entry))])
      .some((dir) => existsSync(join(dir, 'rsyslog', name)));
}

function mountNamespace(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may cover /etc/pam.d';
  const tried = spawnSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
  return tried.status === 0 ? undefined : 'this system allows no mount namespace (unshare -m) to cover /etc/pam.d';
}

/** What a new domain is made from: newer packages of Samba bring it apart. */
const provisioning = '/usr/share/samba/setup/ad-schema';

function networkNamespace(): string | undefined {
  const wire = ['-n', 'ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1'];
  const tried = spawnSync('unshare', wire, { stdio: 'ignore' });
  return tried.status === 0
    ? undefined
    : 'only root can make a network, and only where the system allows it (unshare -n)';
}

const table = [
  {
    name: 'freeradius',
    debian: 'freeradius',
    purpose: 'the RADIUS server behind radgate',
    present: command('freeradius'),
  },
  {
    name: 'radclient',
    debian: 'freeradius-utils',
    purpose: 'requests that radgate did not make',
    present: command('radclient'),
  },
  {
    name: 'pam_radius',
    debian: 'libpam-radius-auth',
    purpose: 'logins through PAM',
    present: pamModule('pam_radius_auth.so'),
    hindrance: mountNamespace,
  },
  {
    name: 'pamtester',
    debian: 'pamtester',
    purpose: 'the conversations of PAM',
    present: command('pamtester'),
  },
  {
    name: 'eapol_test',
    debian: 'eapoltest',
    purpose: 'logins by EAP, whose keys it checks',
    present: command('eapol_test'),
  },
  {
    name: 'pskctool',
    debian: 'pskctool',
    purpose: 'token files that radgate did not make',
    present: command('pskctool'),
  },
  {
    name: 'oathtool',
    debian: 'oathtool',
    purpose: 'codes that radgate did not compute',
    present: command('oathtool'),
  },
  {
    name: 'openssl',
    debian: 'openssl',
    purpose: 'certificates',
    present: command('openssl'),
  },
  {
    name: 'slapd',
    debian: 'slapd',
    purpose: 'logins by LDAP',
    present: command('slapd'),
  },
  {
    name: 'samba',
    debian: 'samba-ad-dc',
    purpose: 'logins by Active Directory',
    present: () => command('samba-tool')() && command('samba')(),
    hindrance: () => {
      if (process.getuid?.() !== 0) return 'only root may start a domain controller';
      return existsSync(provisioning) ? undefined : 'nothing to make a domain from (Debian package samba-ad-provision)';
    },
  },
  {
    name: 'samba-provision',
    debian: 'samba-ad-provision',
    purpose: 'the domain that they ask',
    present: () => existsSync(provisioning),
  },
  {
    name: 'chromium',
    debian: 'chromium',
    purpose: 'the pages, as a phone shows them',
    present: command('chromium'),
  },
  {
    name: 'rsyslog',
    debian: 'rsyslog',
    purpose: 'events of the audit by TCP',
    present: command('rsyslogd'),
  },
  {
    name: 'rsyslog-openssl',
    debian: 'rsyslog-openssl',
    purpose: 'the same by TLS',
    present: rsyslogModule('lmnsd_ossl.so'),
  },
  {
    name: 'libfaketime',
    debian: 'libfaketime',
    purpose: 'steps of the clock',
    present: () => fakeTimeLibrary() !== undefined,
  },
  {
    name: 'ip',
    debian: 'iproute2',
    purpose: 'a network that vanishes',
    present: command('ip'),
    hindrance: networkNamespace,
  },
  {
    name: 'prometheus',
    debian: 'prometheus',
    purpose: 'metrics, and the alerts and expressions on them',
    present: () => command('prometheus')() && command('promtool')(),
  },
  {
    name: 'systemd-notify',
    debian: 'systemd',
    purpose: 'what a service manager is told',
    present: command('systemd-notify'),
  },
  {
    name: 'postgresql',
    debian: 'postgresql',
    purpose: 'the store that several nodes share',
    present: () => postgresBin() !== undefined,
  },
] as const satisfies readonly PeerProgram[];

export type PeerName = (typeof table)[number]['name'];

/** The programs we did not write that the tests talk to: a row each. */
export const peers: readonly PeerProgram[] = table;

/** Why the tests that need `name` can't run here; undefined when they can. */
export function reasonWithout(name: PeerName): string | undefined {
  const row = peers.find((peer) => peer.name === name);
  if (row === undefined) throw new Error(`no peer called ${name}`);
  if (!row.present()) return `${name} is missing (Debian package ${row.debian})`;
  return row.hindrance?.();
}

/** CI=true, as most services set it: there, nothing may be skipped. */
export function inCi(env: NodeJS.ProcessEnv): boolean {
  return env['CI'] === 'true' || env['CI'] === '1';
}
