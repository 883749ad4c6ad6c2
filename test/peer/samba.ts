import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { run } from './child.ts';
import { startDaemon } from './daemon.ts';
import { makeTempDir } from './temp-dir.ts';
import { probeTcp } from './probe-tcp.ts';

export const adSuffix = 'DC=corp,DC=example';
/** Ports of a domain controller are fixed, so it has an address of its own. */
export const adAddress = '127.0.0.5';
export const adPassword = 'Wonder-land1';

export interface AdUser {
  /** sAMAccountName. */
  readonly name: string;
  /** userPrincipalName; default the name at corp.example. */
  readonly principal?: string;
  /** Further lines of LDIF. */
  readonly more?: string;
  readonly disabled?: true;
}

export interface AdGroup {
  readonly name: string;
  /** Names of users and groups. */
  readonly members: readonly string[];
}

/** Samba as domain controller of CORP.EXAMPLE, Active Directory's LDAP and nothing else, on an address of loopback. */
export interface Samba {
  /** Its certificate, which is its own authority, in PEM. */
  readonly caFile: string;
  readonly stop: () => Promise<void>;
}

function config(dir: string, certificate: string, key: string): string {
  return `[global]
  netbios name = DC1
  realm = CORP.EXAMPLE
  workgroup = CORP
  server role = active directory domain controller
  server services = ldap
  interfaces = ${adAddress}/8
  bind interfaces only = yes
  private dir = ${join(dir, 'private')}
  lock directory = ${dir}
  state directory = ${join(dir, 'state')}
  cache directory = ${join(dir, 'cache')}
  binddns dir = ${join(dir, 'bind-dns')}
  pid directory = ${dir}
  ncalrpc dir = ${join(dir, 'ncalrpc')}
  winbindd socket directory = ${join(dir, 'winbindd')}
  ntp signd socket directory = ${join(dir, 'ntp')}
  load printers = no
  tls enabled = yes
  tls certfile = ${certificate}
  tls keyfile = ${key}
  tls cafile = ${certificate}
`;
}

/** Adds entries in one go, past the network; three wrong passwords lock an account. */
const adding = `
import sys
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
lp = LoadParm()
lp.load(sys.argv[1])
db = SamDB(session_info=system_session(), lp=lp)
db.transaction_start()
db.add_ldif(sys.stdin.read().strip() + "\\n")
db.modify_ldif("dn: ${adSuffix}\\nchangetype: modify\\nreplace: lockoutThreshold\\nlockoutThreshold: 3\\n")
db.transaction_commit()
`;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const dnOf = (name: string): string => `CN=${name},CN=Users,${adSuffix}`;

function userLdif({ name, principal = `${name}@corp.example`, more, disabled }: AdUser): string {
  const password = Buffer.from(`"${adPassword}"`, 'utf16le').toString('base64');
  return `dn:: ${base64(dnOf(name))}
objectClass: user
sAMAccountName:: ${base64(name)}
userPrincipalName:: ${base64(principal)}
userAccountControl: ${disabled ? 514 : 512}
unicodePwd:: ${password}
${more === undefined ? '' : `${more}\n`}
`;
}

function groupLdif({ name, members }: AdGroup): string {
  return `dn: ${dnOf(name)}
objectClass: group
sAMAccountName: ${name}
${members.map((member) => `member: ${dnOf(member)}\n`).join('')}
`;
}

async function succeeds(command: string, args: readonly string[], input?: string): Promise<void> {
  const { code, stderr } = await run(command, args, {
    milliseconds: 60_000,
    ...(input === undefined ? {} : { input }),
  });
  if (code !== 0) throw new Error(`${command} ${args[0]}: ${stderr.slice(-1_000)}`);
}

/** Makes the domain and starts it: some 7 s. */
export async function startSamba(users: readonly AdUser[], groups: readonly AdGroup[]): Promise<Samba> {
  const dir = await makeTempDir('samba');
  const provision = [
    '--realm=CORP.EXAMPLE',
    '--domain=CORP',
    '--server-role=dc',
    '--dns-backend=NONE',
    '--host-name=DC1',
  ];
  const own = [`--targetdir=${dir}`, `--adminpass=${adPassword}`];
  await succeeds('samba-tool', ['domain', 'provision', ...provision, ...own]);
  const { certificate, key } = await makeCertificate(dir, adAddress);
  const file = join(dir, 'smb.conf');
  await writeFile(file, config(dir, certificate, key));
  const ldif = [...users.map(userLdif), ...groups.map(groupLdif)].join('');
  // The interpreter that Debian's package of Samba is for, whichever comes first on the path.
  await succeeds('/usr/bin/python3', ['-c', adding, file], ldif);

  const { stop } = await startDaemon({
    name: 'samba',
    command: 'samba',
    args: ['-i', '-M', 'single', '-s', file, '--debug-stdout', '-d', '1'],
    dir,
    isReady: () => probeTcp(adAddress, 636, 15_000),
  });
  return { caFile: certificate, stop };
}
