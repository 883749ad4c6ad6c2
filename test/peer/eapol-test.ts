import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './child.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import type { Peer } from './udp-client.ts';

export interface EapolTestOptions {
  readonly server: Peer;
  /** The address that it asks from: by which radgate knows its client. */
  readonly from: string;
  readonly secret: string;
  /** Such as PEAP, TTLS, MD5 or MSCHAPV2. */
  readonly method: string;
  /** The method inside the tunnel, such as auth=MSCHAPV2 or auth=PAP. */
  readonly inner?: string;
  /** Who is named inside the tunnel, or altogether where there is none. */
  readonly identity: string;
  /** Who is named outside it, and in User-Name. Default: the same. */
  readonly outer?: string;
  readonly password: string;
  /** The file of the CA that the tunnel must be certified by. */
  readonly ca?: string;
}

export interface EapolTestResult {
  /** Accepted, EAP-Success seen, and where the method makes keys, the MS-MPPE keys were those that it made itself. */
  readonly success: boolean;
  /** Whether EAP-Failure was told. */
  readonly failure: boolean;
  /** Access-Requests that it sent, retransmissions too. */
  readonly rounds: number;
  /** All it printed. */
  readonly output: string;
}

/**
 * Logs in with wpa_supplicant's EAP as a NAS would relay it. It checks by itself each reply's Message-Authenticator, MS-CHAP2-Success and the
 * MS-MPPE keys.
 */
export async function eapolTest(options: EapolTestOptions): Promise<EapolTestResult> {
  const { server, from, secret, method, inner, identity, outer, password, ca } = options;
  const dir = await makeTempDir('eapol');
  try {
    const file = join(dir, 'network.conf');
    const lines = [
      'key_mgmt=IEEE8021X',
      `eap=${method}`,
      `identity="${identity}"`,
      `password="${password}"`,
      ...(outer === undefined ? [] : [`anonymous_identity="${outer}"`]),
      ...(inner === undefined ? [] : [`phase2="${inner}"`]),
      ...(ca === undefined ? [] : [`ca_cert="${ca}"`]),
    ];
    await writeFile(file, `network={\n${lines.join('\n')}\n}\n`, { mode: 0o600 });
    const keys = method === 'MD5' ? ['-n'] : [];
    const to = ['-a', server.address, '-p', String(server.port), '-A', from, '-s', secret];
    const args = ['-c', file, ...to, '-t', '10', ...keys];
    const { code, stdout, stderr } = await run('eapol_test', args, { milliseconds: 15_000 });
    const output = stdout + stderr;
    return {
      success: code === 0 && /^SUCCESS$/m.test(output),
      failure: /EAP: Received EAP-Failure|EAP Failure/i.test(output),
      rounds: output.match(/^Sending RADIUS message to authentication server$/gm)?.length ?? 0,
      output,
    };
  } finally {
    await removeTempDir(dir);
  }
}
