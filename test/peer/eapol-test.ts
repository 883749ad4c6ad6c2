import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import type { Peer } from './udp-client.ts';

/** What an access point and its supplicants know of a RADIUS server. */
export interface EapServer extends Peer {
  readonly secret: string;
  /** The PEM file of the authority that the supplicants trust. */
  readonly authority: string;
  /** The name that the server's certificate must have. */
  readonly name: string;
}

export interface EapolTestOptions {
  readonly server: EapServer;
  /** The last two have no tunnel; MD5 makes no keys. */
  readonly eap: 'PEAP' | 'TTLS' | 'MSCHAPV2' | 'MD5';
  /** What is in the tunnel; PEAP knows MSCHAPV2 and GTC alone of these. */
  readonly inner?: 'MSCHAPV2' | 'MSCHAP' | 'CHAP' | 'PAP' | 'GTC';
  readonly identity: string;
  readonly password: string;
  /** The name outside of the tunnel. Default: the identity. */
  readonly outer?: string;
  /** The address that it asks from. Default: what the system chooses. */
  readonly from?: string;
  /** Seconds for the whole login. Default 10. */
  readonly timeout?: number;
}

export interface EapolTestResult {
  /** EAP-Success, and the MPPE keys of the Access-Accept are those that the supplicant has computed. */
  readonly success: boolean;
  /** Whether EAP-Failure came. */
  readonly failure: boolean;
  /** Access-Requests that it sent. */
  readonly rounds: number;
  /** All it printed. */
  readonly output: string;
}

/** Written as hexadecimal, a value may hold any octet. */
function hexadecimal(value: string): string {
  return Buffer.from(value).toString('hex');
}

function tunnel({ authority, name }: EapServer, inner: string): string {
  return `ca_cert="${authority}"
  domain_match="${name}"
  phase2="auth=${inner}"`;
}

/** Logs in as a Wi-Fi client behind an access point does, with wpa_supplicant's own eapol_test. */
export async function eapolTest(options: EapolTestOptions): Promise<EapolTestResult> {
  const { server, eap, inner, identity, password, outer = identity, from, timeout = 10 } = options;
  const dir = await makeTempDir('eapol');
  try {
    const file = join(dir, 'eapol_test.conf');
    const network = `network={
  key_mgmt=IEEE8021X
  eap=${eap}
  identity=${hexadecimal(identity)}
  anonymous_identity=${hexadecimal(outer)}
  password="${password}"
  ${inner === undefined ? '' : tunnel(server, inner)}
}
`;
    await writeFile(file, network, { mode: 0o600 });
    const { address, port, secret } = server;
    const local = [...(from === undefined ? [] : ['-A', from]), ...(eap === 'MD5' ? ['-n'] : [])];
    const args = ['-c', file, '-a', address, '-p', String(port), '-s', secret, '-t', String(timeout), ...local];
    const { code, stdout, stderr } = await run('eapol_test', args, { milliseconds: (timeout + 5) * 1000 });
    const output = stdout + stderr;
    if (!output.includes('EAPOL')) throw new Error(`eapol_test did not run: ${output}`);
    return {
      success: code === 0 && /^SUCCESS$/m.test(output),
      failure: output.includes('EAP: Received EAP-Failure'),
      rounds: output.match(/^Sending RADIUS message to authentication server$/gm)?.length ?? 0,
      output,
    };
  } finally {
    await removeTempDir(dir);
  }
}
