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
  readonly eap: 'PEAP' | 'TTLS';
  /** What is in the tunnel; PEAP knows MSCHAPV2 alone of these. */
  readonly inner: 'MSCHAPV2' | 'MSCHAP' | 'CHAP' | 'PAP';
  readonly identity: string;
  readonly password: string;
  /** The name outside of the tunnel. Default: the identity. */
  readonly outer?: string;
  /** Seconds for the whole login. Default 10. */
  readonly timeout?: number;
}

export interface EapolTestResult {
  /** EAP-Success, and the MPPE keys of the Access-Accept are those that the supplicant has computed. */
  readonly success: boolean;
  /** All it printed. */
  readonly output: string;
}

/** Written as hexadecimal, a value may hold any octet. */
function hexadecimal(value: string): string {
  return Buffer.from(value).toString('hex');
}

/** Logs in as a Wi-Fi client behind an access point does, with wpa_supplicant's own eapol_test. */
export async function eapolTest(options: EapolTestOptions): Promise<EapolTestResult> {
  const { server, eap, inner, identity, password, outer = identity, timeout = 10 } = options;
  const dir = await makeTempDir('eapol');
  try {
    const file = join(dir, 'eapol_test.conf');
    const network = `network={
  key_mgmt=IEEE8021X
  eap=${eap}
  identity=${hexadecimal(identity)}
  anonymous_identity=${hexadecimal(outer)}
  password="${password}"
  ca_cert="${server.authority}"
  domain_match="${server.name}"
  phase2="auth=${inner}"
}
`;
    await writeFile(file, network, { mode: 0o600 });
    const { address, port, secret } = server;
    const args = ['-c', file, '-a', address, '-p', String(port), '-s', secret, '-t', String(timeout)];
    const { code, stdout, stderr } = await run('eapol_test', args, { milliseconds: (timeout + 5) * 1000 });
    const output = stdout + stderr;
    if (!output.includes('EAPOL')) throw new Error(`eapol_test did not run: ${output}`);
    return { success: code === 0 && /^SUCCESS$/m.test(output), output };
  } finally {
    await removeTempDir(dir);
  }
}
