import { isIP } from 'node:net';
import { join } from 'node:path';
import { run } from './child.ts';

/** PEM files of a certificate that is its own authority, for a server in a test. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes one for `name`, a host's or an address, in `dir`, valid for two days. OpenSSL comes with FreeRADIUS's package. */
export async function makeCertificate(dir: string, name: string): Promise<TestCertificate> {
  const files = { certificate: join(dir, 'certificate.pem'), key: join(dir, 'key.pem') };
  const kind = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' ');
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`];
  const made = await run('openssl', [...kind, ...subject, '-keyout', files.key, '-out', files.certificate]);
  if (made.code !== 0) throw new Error(`openssl made no certificate: ${made.stderr}`);
  return files;
}
